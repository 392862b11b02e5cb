package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// TestStartErrors: each wrong setting is named, with what was expected.
func TestStartErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct {
		name string
		env  []string
		args []string
		code int
		want []string
	}{
		{"address", []string{"ADDR=8080"}, nil, 2, []string{`ADDR "8080"`, "localhost:8080"}},
		{"flag over environment", []string{"ADDR=localhost:1"}, []string{"-addr", "x"}, 2, []string{`-addr "x"`}},
		{"port", nil, []string{"-addr=localhost:99999"}, 2, []string{"65535"}},
		{"unknown flag", nil, []string{"-colour", "red"}, 2, []string{"-colour"}},
		{"argument", nil, []string{"start"}, 2, []string{`"start"`}},
		{"metrics for all", []string{"METRICS_ADDR=:9180"}, nil, 2, []string{"METRICS_ADDR", "this machine only"}},
		{"size", []string{"CACHE_SIZE=much"}, nil, 2, []string{"CACHE_SIZE", "512MiB"}},
		{"number", []string{"RATE=-1"}, nil, 2, []string{"RATE"}},
		{"network", []string{"TRUSTED_PROXIES=nginx"}, nil, 2, []string{"TRUSTED_PROXIES", "10.0.0.0/8"}},
		{"origin", []string{"ORIGIN=https://x.example/"}, nil, 2, []string{"ORIGIN"}},
		{"choice", []string{"ACCESS_LOG=some"}, nil, 2, []string{"all, errors, none"}},
		{"two at once", []string{"ACCESS_LOG=some", "RATE=x"}, nil, 2, []string{"ACCESS_LOG", "RATE"}},
		{"key file", []string{"MP_API_KEY_FILE=/nowhere/" + testKey}, nil, 2, []string{"MP_API_KEY_FILE", "no such file"}},
		{"no counter", []string{"VISITS_URL=visits.example.org", "VISITS_TOKEN=" + testKey}, nil, 2, []string{"VISITS_URL", "https://visits.example.org"}},
		{"counter without token", []string{"VISITS_URL=http://localhost:1"}, nil, 2, []string{"VISITS_TOKEN_FILE", "VISITS_URL"}},
		{"token without counter", []string{"VISITS_TOKEN=" + testKey}, nil, 2, []string{"VISITS_URL", "no counter"}},
		{"token malformed", []string{"VISITS_URL=http://localhost:1", "VISITS_TOKEN=two " + testKey}, nil, 2, []string{"VISITS_TOKEN", "no spaces"}},
		{"token file", []string{"VISITS_URL=http://localhost:1", "VISITS_TOKEN_FILE=/nowhere/" + testKey}, nil, 2, []string{"VISITS_TOKEN_FILE", "no such file"}},
		{"country without proxy", []string{"VISITS_URL=http://localhost:1", "VISITS_TOKEN=" + testKey, "VISITS_COUNTRY=CF-IPCountry"}, nil, 2, []string{"VISITS_COUNTRY", "TRUSTED_PROXIES"}},
		{"key that cannot be one", []string{"MP_API_KEY=" + testKey + "\nX: y"}, nil, 2, []string{"MP_API_KEY must hold the key and nothing else"}},
		{"key file without end", []string{"MP_API_KEY_FILE=/dev/zero"}, nil, 2, []string{"MP_API_KEY_FILE", "nothing else"}},
		{"key in clear", []string{"MP_BASE_URL=http://api.example.org"}, nil, 2, []string{"MP_BASE_URL", "send the key in clear"}},
		{"no address", []string{"MP_BASE_URL=nonsense"}, nil, 2, []string{`MP_BASE_URL "nonsense"`, "https://api.materialsproject.org"}},
		{"yes or no", []string{"DEV=maybe", "LOG_CLIENTS=2"}, nil, 2, []string{`DEV "maybe": expected true or false`, `LOG_CLIENTS "2": expected true or false`}},
		{"scheme of a domain", []string{"TLS_DOMAINS=https://example.org"}, nil, 2, []string{"TLS_DOMAINS", "no name of a host"}},
		{"port of a domain", []string{"TLS_DOMAINS=example.org:443"}, nil, 2, []string{"TLS_DOMAINS", "no name of a host"}},
		{"asterisk of a domain", []string{"TLS_DOMAINS=example.org,*.example.org"}, nil, 2, []string{"TLS_DOMAINS", "no name of a host"}},
		{"number for a domain", []string{"TLS_DOMAINS=127.0.0.1"}, nil, 2, []string{"TLS_DOMAINS", "no name of a host"}},
		{"no contact", []string{"TLS_EMAIL=nobody"}, nil, 2, []string{"TLS_EMAIL", "you@example.org"}},
		{"no authority", []string{"ACME_URL=nonsense"}, nil, 2, []string{"ACME_URL", "https://acme"}},
		{"no place for certificates", []string{"TLS_DOMAINS=example.org", "HTTP_ADDR=", "TLS_DIR=/dev/null/tls"}, nil, 1, []string{`TLS_DIR "/dev/null/tls"`, "not a directory"}},
		{"no build", []string{"ASSETS_DIR=/dev/null"}, nil, 1, []string{`ASSETS_DIR "/dev/null"`}},
		{"metrics address taken", []string{"METRICS_ADDR=" + taken.Addr().String()}, nil, 1, []string{"METRICS_ADDR", "in use by another program"}},
		{"address taken", []string{"ADDR=" + taken.Addr().String()}, nil, 1, []string{"in use by another program", "ADDR=localhost:8081"}},
		{"cache not writable", []string{"CACHE_DIR=/dev/null/cache"}, nil, 1, []string{`CACHE_DIR "/dev/null/cache"`, "not a directory"}},
	}
	dir := site(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := command(dir, append([]string{"ADDR=127.0.0.1:0", "METRICS_ADDR=", "DEV=true"}, tt.env...), tt.args...)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != tt.code {
				t.Fatalf("got %v, want exit code %d\n%s", err, tt.code, out)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("want %q in\n%s", want, out)
				}
			}
			if strings.Contains(string(out), testKey) {
				t.Errorf("the key is in\n%s", out)
			}
		})
	}
	out, err := command(t.TempDir(), []string{"DEV=true"}).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "./scripts/run") {
		t.Errorf("without a build: %v\n%s", err, out)
	}
	if out, err := command(dir, nil, "-h").CombinedOutput(); err != nil || !strings.Contains(string(out), "MP_API_KEY_FILE") {
		t.Errorf("-h: %v\n%s", err, out)
	}
	if out, err := command(dir, nil, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "zoneaxis ") {
		t.Errorf("version: %v\n%s", err, out)
	}
}

// TestSettings reads a full configuration.
func TestSettings(t *testing.T) {
	env := map[string]string{"ADDR": ":81", "CACHE_DIR": "/c", "TRUSTED_PROXIES": "127.0.0.1, 10.1.2.3/8,::1", "TLS_DOMAINS": "a.example,b.example", "CACHE_SIZE": "512MiB", "MP_API_KEY": testKey}
	c, err := readConfig([]string{"-addr", ":82", "-dev", "-rate=7"}, func(k string) (string, bool) { v, ok := env[k]; return v, ok }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":82" || !c.Dev || c.Rate != 7 || c.CacheBytes != 512<<20 || c.TLSDir != "/c/tls" || len(c.TLSDomains) != 2 || !c.Key.Set() {
		t.Errorf("got %+v", c)
	}
	if got := fmt.Sprint(c.TrustedProxies); got != "[127.0.0.1/32 10.0.0.0/8 ::1/128]" {
		t.Errorf("proxies %s", got)
	}
	if text := fmt.Sprintf("%v %+v %#v %v", c, c, c, c.summary()); strings.Contains(text, testKey) {
		t.Error("the key is in the printed configuration")
	}
}
