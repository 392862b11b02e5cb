//go:build deploy

package deploy_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes a key and a certificate of its own for a name.
func certificate(t testing.TB, dir, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "fullchain.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o644)
	write(t, filepath.Join(dir, "privkey.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), 0o600)
}

// proxy is nginx with nginx.conf, in a folder of its own.
type proxy struct {
	*process
	plain, tls string // addresses
	dir        string
	browser    *http.Client
}

const host = "example.org"

// front starts nginx with the block of this folder before a site. Only paths and
// addresses differ from what the file says.
func front(t testing.TB, before string) *proxy {
	t.Helper()
	program := tool(t, "nginx", "nginx before the site")
	p := &proxy{dir: t.TempDir(), browser: byName(host), plain: freePort(t), tls: freePort(t)}
	certificate(t, filepath.Join(p.dir, "certificates"), host)
	export := exec.Command(siteProgram(t), "export", filepath.Join(p.dir, "srv"))
	export.Env = []string{"ORIGIN=https://" + host, "HOME=" + p.dir}
	run(t, export)
	block := read(t, "nginx.conf")
	for _, change := range [][2]string{
		{"/srv/zoneaxis", p.dir + "/srv"}, {"/etc/letsencrypt/live/example.org", p.dir + "/certificates"}, {"/var/cache/nginx", p.dir + "/cache"},
		{"127.0.0.1:8080", before}, {"listen 80;", "listen " + p.plain + ";"}, {"listen 443 ", "listen " + p.tls + " "},
	} {
		if !strings.Contains(block, change[0]) {
			t.Fatalf("nginx.conf does not say %q", change[0])
		}
		block = strings.ReplaceAll(block, change[0], change[1])
	}
	write(t, filepath.Join(p.dir, "conf/zoneaxis.conf"), block, 0o644)
	write(t, filepath.Join(p.dir, "conf/zoneaxis-proxy.conf"), read(t, "zoneaxis-proxy.conf"), 0o644)
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n"
	}
	write(t, filepath.Join(p.dir, "conf/nginx.conf"), fmt.Sprintf("%sdaemon off;\nmaster_process off;\npid %[2]s/pid;\nerror_log stderr warn;\nevents { worker_connections 256; }\nhttp {\n"+
		"access_log off; client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy; fastcgi_temp_path %[2]s/fastcgi; uwsgi_temp_path %[2]s/uwsgi; scgi_temp_path %[2]s/scgi;\n"+
		"include %[2]s/conf/zoneaxis.conf;\n}\n", user, p.dir), 0o644)
	if err := os.Mkdir(filepath.Join(p.dir, "cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command(program, "-t", "-p", p.dir, "-e", "stderr", "-c", filepath.Join(p.dir, "conf/nginx.conf")))
	p.process = launch(t, exec.Command(program, "-p", p.dir, "-e", "stderr", "-c", filepath.Join(p.dir, "conf/nginx.conf")))
	eventually(t, "nginx starts", func() error {
		c, err := net.Dial("tcp", p.tls)
		if err == nil {
			c.Close()
		}
		return err
	})
	return p
}

// get asks nginx under its name, by HTTP/2, from an address that is no proxy's.
func (p *proxy) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	a, err := askBy(p.browser, "https://"+p.tls+path, append([]string{"Host", host}, headers...)...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// byName returns a client that knows one name and takes its certificate.
func byName(name string) *http.Client {
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	return &http.Client{Timeout: 20 * time.Second, CheckRedirect: client.CheckRedirect, Transport: &http.Transport{
		DialContext: from.DialContext, DisableCompression: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: name}}}
}

// TestNginx puts nginx before the site: files come from the disk, with what the
// program would have said of them; pictures are kept; and both are there while
// the program is not.
func TestNginx(t *testing.T) {
	addr := freePort(t)
	env := []string{"ADDR=" + addr, "ORIGIN=https://" + host, "TRUSTED_PROXIES=127.0.0.1/32", "CACHE_DIR=" + t.TempDir(), "LOG_CLIENTS=true"}
	first := serve(t, site(t, env...))
	p := front(t, addr)

	// Addresses of each kind, as the page of the simulator and the build have them.
	files := []string{"/library/", "/blog/", "/blog/search.json", "/feed.atom", "/feed.rss", "/feed.json", "/manifest.webmanifest", "/robots.txt", "/sw.js"}
	var script string
	for _, f := range strings.Split(string(p.get(t, "/sim").body), `"`) {
		if strings.HasPrefix(f, "/static/") {
			files = append(files, f)
			if strings.HasSuffix(f, ".js") {
				script = f
			}
		}
	}
	if script == "" || len(files) < 12 {
		t.Fatalf("the page names no files: %q", files)
	}
	canvas, err := filepath.Glob(filepath.Join(p.dir, "srv/plain/static/*/*.html"))
	if deeper, _ := filepath.Glob(filepath.Join(p.dir, "srv/plain/static/*.html")); err == nil {
		for _, f := range append(canvas, deeper...) {
			files = append(files, strings.TrimPrefix(f, p.dir+"/srv/plain"))
		}
	}
	same := []string{"Content-Type", "Content-Encoding", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
		"Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin", "Vary", "Strict-Transport-Security"}
	for _, path := range files {
		for _, takes := range []string{"gzip, deflate, br, zstd", "gzip", "br;q=0, gzip;q=0.5", "br;q=0.5", ""} {
			here := p.get(t, path, "Accept-Encoding", takes)
			there := get(t, "http://"+addr+path, "Host", host, "Accept-Encoding", takes, "X-Forwarded-Proto", "https")
			if here.header.Get("X-Cache") != "" {
				t.Errorf("%s does not come from the disk", path)
			}
			if here.status != 200 || string(here.body) != string(there.body) {
				t.Errorf("%s for %q: %d with %d bytes, of the program %d with %d", path, takes, here.status, len(here.body), there.status, len(there.body))
			}
			for _, name := range same {
				if got, want := here.header.Get(name), there.header.Get(name); got != want {
					t.Errorf("%s for %q: %s: %q, of the program %q", path, takes, name, got, want)
				}
			}
			if strings.HasSuffix(path, "/") && here.header.Get("Link") != there.header.Get("Link") {
				t.Errorf("%s: Link %q, want %q", path, here.header.Get("Link"), there.header.Get("Link"))
			}
		}
	}
	if t.Failed() {
		t.FailNow()
	}

	// What is packed is no address, and nothing leaves the folder.
	for _, path := range []string{script + ".gz", script + ".br", "/br" + script, "/plain" + script, "/headers.conf", "/zoneaxis-seen"} {
		if a := p.get(t, path); a.status != 404 {
			t.Errorf("%s: %d, want 404", path, a.status)
		}
	}
	if a := p.get(t, "/library"); a.status != 301 || a.header.Get("Location") != "/library/" {
		t.Errorf("without the slash: %d to %q", a.status, a.header.Get("Location"))
	}
	const picture, fresh = "/sim.svg?c=si&z=1,1,0", "/sim.svg?c=si&z=1,1,1"
	drawn := p.get(t, picture, "Accept-Encoding", "br")
	if drawn.proto != "HTTP/2.0" {
		t.Errorf("spoken: %s", drawn.proto)
	}
	if drawn.status != 200 || drawn.header.Get("Content-Encoding") != "br" {
		t.Errorf("a picture: %d %v", drawn.status, drawn.header)
	}
	if again := p.get(t, picture, "Accept-Encoding", "gzip;q=0.1, br"); again.header.Get("X-Cache") != "HIT" || string(again.body) != string(drawn.body) {
		t.Errorf("the picture is not kept: %v", again.header)
	}
	if a := p.get(t, "/sim?c=si"); a.status != 200 || a.header.Get("Strict-Transport-Security") == "" || !strings.Contains(string(a.body), "https://"+host) {
		t.Errorf("a page: the program does not know the public address: %d %v", a.status, a.header)
	}
	// Who asks is who came to nginx, whatever he says himself.
	p.get(t, "/nowhere", "X-Forwarded-For", "203.0.113.9")
	eventually(t, "the visitor is logged", func() error {
		if log := first.text(); !strings.Contains(log, `"client":"127.0.0.0/24"`) || strings.Contains(log, "203.0.113") {
			return fmt.Errorf("the log: %s", log)
		}
		return nil
	})
	if plain := get(t, "http://"+p.plain+"/sim?c=si", "Host", host); plain.status != 308 || plain.header.Get("Location") != "https://"+host+"/sim?c=si" {
		t.Errorf("without TLS: %d to %q", plain.status, plain.header.Get("Location"))
	}

	// Without the program.
	if err := stop(t, first); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	for _, path := range append(files, picture) {
		if a := p.get(t, path, "Accept-Encoding", "br"); a.status != 200 {
			t.Errorf("%s without the program: %d", path, a.status)
		}
	}
	if a := p.get(t, fresh); a.status != 503 || a.header.Get("Retry-After") != "5" || !strings.Contains(string(a.body), "started again") {
		t.Errorf("a picture that nobody has, without the program: %d %v %s", a.status, a.header, a.body)
	}
	serve(t, site(t, env...))
	if a := p.get(t, fresh); a.status != 200 {
		t.Errorf("with the program again: %d", a.status)
	}
	if a := p.get(t, "/sim?c=si"); a.status != 200 {
		t.Errorf("a page with the program again: %d", a.status)
	}
}
