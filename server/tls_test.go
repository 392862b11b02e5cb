package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// pebbleTool is the test server of the ACME protocol by the people of Let's
// Encrypt. It is built for this test only and linked into nothing of ours.
const pebbleTool = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1"

// TestCertificates gets a certificate from a local certificate authority, as
// from the real one: the authority looks the name up, visits the server and
// signs. Then the authority goes away, and a restarted server still has it.
func TestCertificates(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a certificate authority")
	}
	tools := t.TempDir()
	build := exec.Command("go", "install", pebbleTool)
	build.Env = append(os.Environ(), "GOBIN="+tools, "GOFLAGS=-mod=mod")
	build.Dir = tools
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("no certificate authority to test with: %v\n%s", err, out)
	}
	const name = "zone.example.org"
	ports := freePorts(t, 4)
	caFile, authority := startPebble(t, filepath.Join(tools, "pebble"), ports[0], ports[1], ports[2], ports[3])

	dir := t.TempDir()
	env := []string{
		fmt.Sprintf("ADDR=127.0.0.1:%d", ports[3]), fmt.Sprintf("HTTP_ADDR=127.0.0.1:%d", ports[2]),
		"TLS_DOMAINS=" + name, "TLS_DIR=" + filepath.Join(dir, "tls"), fmt.Sprintf("ACME_URL=https://127.0.0.1:%d/dir", ports[0]),
		"SSL_CERT_FILE=" + caFile,
	}
	p := start(t, env)
	roots := issuerRoots(t, caFile, ports[1])
	client := &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", ports[3]))
		},
	}}
	defer client.CloseIdleConnections()
	visit := func() {
		t.Helper()
		resp, err := client.Get("https://" + name + "/robots.txt")
		if err != nil {
			t.Fatalf("%v\n%s", err, p.text())
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 200 || resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("got %d over %s, %v", resp.StatusCode, resp.Proto, resp.Header)
		}
		if err := resp.TLS.PeerCertificates[0].VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	visit()

	// Plain HTTP leads to https.
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequest("GET", fmt.Sprintf("http://127.0.0.1:%d/sim?z=1,1,0", ports[2]), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = name
	resp, err := plain.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("Location"); resp.StatusCode/100 != 3 || got != "https://"+name+"/sim?z=1,1,0" {
		t.Errorf("plain HTTP: %d to %q", resp.StatusCode, got)
	}

	// Names that are not ours get no certificate, old protocols no connection.
	addr := fmt.Sprintf("127.0.0.1:%d", ports[3])
	for what, config := range map[string]*tls.Config{
		"another name": {ServerName: "other.example.org", RootCAs: roots},
		"no name":      {InsecureSkipVerify: true},
		"TLS 1.1":      {ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
	} {
		if c, err := tls.Dial("tcp", addr, config); err == nil {
			c.Close()
			t.Errorf("%s: connected", what)
		}
	}

	check := command(dir, append(env, "METRICS_ADDR=", "CACHE_DIR="+dir), "healthcheck")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("healthcheck over TLS: %v\n%s", err, out)
	}

	// Restarted without the authority.
	p.cmd.Process.Kill()
	p.ended <- <-p.ended
	authority.Process.Kill()
	client.CloseIdleConnections()
	p = start(t, env)
	visit()
}

func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// startPebble runs the authority with a certificate of its own, whose issuer is
// in the file that it returns, and with a name server that knows one answer.
func startPebble(t *testing.T, tool string, port, manage, httpPort, tlsPort int) (caFile string, cmd *exec.Cmd) {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	caFile, keyFile, configFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "config.json")
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": fmt.Sprintf("127.0.0.1:%d", port), "managementListenAddress": fmt.Sprintf("127.0.0.1:%d", manage),
		"certificate": caFile, "privateKey": keyFile, "httpPort": httpPort, "tlsPort": tlsPort, "keyAlgorithm": "ecdsa",
		"profiles": map[string]any{"default": map[string]any{"description": "test", "validityPeriod": 7776000}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		caFile:     pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		keyFile:    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		configFile: config,
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd = exec.Command(tool, "-config", configFile, "-dnsserver", nameServer(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			text := out.String()
			t.Logf("authority:\n%s", text[max(0, len(text)-6000):])
		}
	})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", manage))
		if err == nil {
			c.Close()
			return caFile, cmd
		}
		if time.Now().After(deadline) {
			t.Fatal("the authority does not start")
		}
	}
}

// issuerRoots asks the authority which root its certificates hang from.
func issuerRoots(t *testing.T, caFile string, manage int) *x509.CertPool {
	t.Helper()
	own, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(own)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(fmt.Sprintf("https://127.0.0.1:%d/roots/0", manage))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	root, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(root) {
		t.Fatalf("no certificate: %s", root)
	}
	return roots
}

// nameServer answers every question for an IPv4 address with this machine's,
// over TCP, which is how the authority asks.
func nameServer(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			answerName(conn)
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// answerName answers one question; messages have their length before them.
func answerName(conn net.Conn) {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return
	}
	question := make([]byte, binary.BigEndian.Uint16(length[:]))
	var m dnsmessage.Message
	if _, err := io.ReadFull(conn, question); err != nil || m.Unpack(question) != nil || len(m.Questions) != 1 {
		return
	}
	q := m.Questions[0]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	if q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	if answer, err := m.Pack(); err == nil {
		conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	}
}
