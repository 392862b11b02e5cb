//go:build deploy

package deploy_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bounded makes a command run in a cgroup that may take so many bytes, as a
// container's. peak reads the most that it has taken.
func bounded(t testing.TB, cmd *exec.Cmd, most int) (peak func() int) {
	t.Helper()
	const leftOut = "LEFT OUT: the programs within the memory of their containers, since no cgroup can be made: %v"
	shell := tool(t, "sh", "the programs within the memory of their containers")
	name := fmt.Sprintf("zoneaxis-test-%d-%d", os.Getpid(), time.Now().UnixNano())
	dir, limit, used := filepath.Join("/sys/fs/cgroup", name), "memory.max", "memory.peak"
	if _, err := os.Stat("/sys/fs/cgroup/memory"); err == nil { // the first version
		dir, limit, used = filepath.Join("/sys/fs/cgroup/memory", name), "memory.limit_in_bytes", "memory.max_usage_in_bytes"
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf(leftOut, err)
	}
	t.Cleanup(func() {
		eventually(t, "the cgroup goes", func() error { return os.Remove(dir) })
	})
	if err := os.WriteFile(filepath.Join(dir, limit), []byte(strconv.Itoa(most)), 0o644); err != nil {
		t.Skipf(leftOut, err)
	}
	cmd.Args = append([]string{shell, "-c", `echo $$ >"$0/cgroup.procs" && exec "$@"`, dir, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = shell
	return func() int {
		n, err := strconv.Atoi(strings.TrimSpace(read(t, filepath.Join(dir, used))))
		if err != nil {
			t.Error(err)
		}
		return n
	}
}

// TestMemoryOfContainers runs the site and the counter in the memory that their
// containers have in compose.yaml, with thousands of connections and with much to
// count: the runtime knows of the limit, and neither is killed.
func TestMemoryOfContainers(t *testing.T) {
	text := read(t, "compose.yaml")
	given := func(service string) int {
		_, after, _ := strings.Cut(text, "\n  "+service+":\n")
		m := regexp.MustCompile(`mem_limit: (\d+)m`).FindStringSubmatch(after)
		if m == nil {
			t.Fatalf("compose.yaml has no mem_limit of %s", service)
		}
		n, _ := strconv.Atoi(m[1])
		return n << 20
	}

	t.Run("site", func(t *testing.T) {
		metrics, most := freePort(t), given("site")
		cmd := site(t, "METRICS_ADDR="+metrics, "CONNECTIONS_PER_CLIENT=0")
		peak := bounded(t, cmd, most)
		p := serve(t, cmd)
		var idle []net.Conn
		defer func() {
			for _, c := range idle {
				c.Close()
			}
		}()
		for range 4000 {
			c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
			if err != nil {
				break // no more files for this test
			}
			fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
			idle = append(idle, c)
		}
		for i := range 60 {
			if a, err := ask(p.url + fmt.Sprintf("/sim?c=lib-%s&z=%d,1,%d&o=ikhdgs", []string{"garnet-yag", "gaas", "mgzn2"}[i%3], i%7, 1+i%5)); err != nil || a.status != 200 && a.status != 404 {
				t.Fatalf("%d, %v\n%s", a.status, err, p.text())
			}
		}
		m := regexp.MustCompile(`(?m)^go_gc_gomemlimit_bytes (\S+)$`).FindSubmatch(get(t, "http://"+metrics+"/metrics").body)
		if m == nil {
			t.Fatal("the metrics have no limit of the memory")
		}
		if limit, err := strconv.ParseFloat(string(m[1]), 64); err != nil || int(limit) > most/10*9 {
			t.Errorf("with %d connections the runtime takes up to %s of %d bytes, %v", len(idle), m[1], most, err)
		}
		t.Logf("%d connections: at most %d of %d MB; the runtime's limit is %s", len(idle), peak()>>20, most>>20, m[1])
		if err := stop(t, p); err != nil {
			t.Errorf("SIGTERM: %v\n%s", err, p.text())
		}
	})

	t.Run("tally", func(t *testing.T) {
		addr, most := freePort(t), given("tally")
		cmd := exec.Command(filepath.Join(top(t), "bin", "tally"))
		cmd.Env = []string{"ADDR=" + addr, "DATA=" + t.TempDir(), "TOKEN=" + counterToken, "PUBLIC=true"}
		peak := bounded(t, cmd, most)
		p := launch(t, cmd)
		eventually(t, "the counter starts", func() error { _, err := ask("http://" + addr + "/readyz"); return err })
		var hits bytes.Buffer
		for i := range 500 {
			fmt.Fprintf(&hits, `,{"path":"/page/%d","title":"%s","session":"%d"}`, i, strings.Repeat("x", 900), i%50)
		}
		body := `{"no_sessions":true,"hits":[` + hits.String()[1:] + "]}"
		taken := 0
		for range 20 {
			req, err := http.NewRequest(http.MethodPost, "http://"+addr+"/api/v0/count", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+counterToken)
			req.Header.Set("Content-Type", "application/json")
			resp, err := client.Do(req)
			if err != nil {
				t.Fatalf("%v\n%s", err, p.text())
			}
			resp.Body.Close()
			if resp.StatusCode == 202 {
				taken++
			} else {
				time.Sleep(250 * time.Millisecond) // four requests a second
			}
		}
		for _, page := range []string{"/?period=year", "/data.json?period=year", "/data.csv?period=year&list=pages"} {
			if a := get(t, "http://"+addr+page); a.status != 200 {
				t.Errorf("%s: %d", page, a.status)
			}
		}
		if taken < 5 {
			t.Errorf("%d requests were taken", taken)
		}
		t.Logf("%d hits: at most %d of %d MB", 500*taken, peak()>>20, most>>20)
		if err := stop(t, p); err != nil {
			t.Errorf("SIGTERM: %v\n%s", err, p.text())
		}
	})
}
