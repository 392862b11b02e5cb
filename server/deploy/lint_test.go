//go:build deploy

package deploy_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// linter builds the program in lint, a module of its own.
func linter(t *testing.T) func(files ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lint")
	build := goCommand(t, []string{"GOFLAGS=-mod=readonly"}, "build", "-o", path, ".")
	build.Dir = filepath.Join(build.Dir, "server", "deploy", "lint")
	if out, err := build.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "dial tcp") {
			t.Skipf("LEFT OUT: the linters, which could not be fetched: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	return func(files ...string) (string, error) {
		out, err := exec.Command(path, files...).CombinedOutput()
		return string(out), err
	}
}

// TestLint holds the files against BuildKit's checks, the schema of compose
// files and the types of Kubernetes, and sees that a fault in each is found.
func TestLint(t *testing.T) {
	lint := linter(t)
	files := []string{"Dockerfile", "compose.yaml"}
	manifests, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := lint(append(files, manifests...)...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	faults := []struct{ file, old, new, want string }{
		{"Dockerfile", "FROM scratch AS site", "FROM scratch AS Site", "StageNameCasing"},
		{"Dockerfile", "USER 65532", "USR 65532", "unknown instruction"},
		{"compose.yaml", "mem_limit: 64m", "memlimit: 64m", "memlimit"},
		{"kubernetes/site.yaml", "readOnlyRootFilesystem", "readOnlyRootFileSystem", "unknown field"},
		{"kubernetes/tally.yaml", "storage: 5Gi", "storage: 5Gib", "quantities"},
	}
	for _, f := range faults {
		text := read(t, f.file)
		if !strings.Contains(text, f.old) {
			t.Errorf("%s has no %q", f.file, f.old)
		}
		name := filepath.Join(t.TempDir(), filepath.Base(f.file))
		write(t, name, strings.Replace(text, f.old, f.new, 1), 0o644)
		if out, err := lint(name); err == nil || !strings.Contains(out, f.want) {
			t.Errorf("%s with %q: %v, %s", f.file, f.new, err, out)
		}
	}
}

// TestAlerts: Prometheus takes the rules, and every series that they watch is one
// that the site has.
func TestAlerts(t *testing.T) {
	promtool := tool(t, "promtool", "the check of the alert rules")
	run(t, exec.Command(promtool, "check", "rules", "alerts.yaml"))
	addr := freePort(t)
	p := serve(t, site(t, "METRICS_ADDR="+addr, "VISITS_URL=http://"+freePort(t), "VISITS_TOKEN="+counterToken))
	get(t, p.url+"/sim?c=si")
	// A series with labels is there when it first happens.
	metrics := string(get(t, "http://"+addr+"/metrics").body) + strings.ReplaceAll(read(t, "../crowd.go")+read(t, "../visits/visits.go"), `CounterOpts{Name: "`, "# TYPE ")
	metrics = strings.ReplaceAll(metrics, `",`, " ")
	for _, name := range regexp.MustCompile(`\b(?:zoneaxis|process|go)_\w+`).FindAllString(read(t, "alerts.yaml"), -1) {
		if !strings.Contains(metrics, "# TYPE "+strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")+" ") {
			t.Errorf("the site has no series %s", name)
		}
	}
}

// TestConfined: every service of the compose file drops what it does not need.
func TestConfined(t *testing.T) {
	text := read(t, "compose.yaml")
	_, services, _ := strings.Cut(text, "\nservices:\n")
	services, _, _ = strings.Cut(services, "\nnetworks:\n")
	count := strings.Count(services, "\n    image:")
	if count != 3 || strings.Count(services, "<<: *confined") != count || strings.Count(services, "mem_limit:") != count {
		t.Errorf("%d services, not all of them confined and bounded", count)
	}
	for _, want := range []string{"read_only: true", "cap_drop: [ALL]", `security_opt: ["no-new-privileges:true"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("services have no %s", want)
		}
	}
}

// TestCaddyfile: Caddy takes its file, and it is formatted as Caddy does it.
func TestCaddyfile(t *testing.T) {
	caddy := tool(t, "caddy", "the check of the Caddyfile")
	run(t, exec.Command(caddy, "validate", "--adapter", "caddyfile", "--config", "Caddyfile"))
	if got := run(t, exec.Command(caddy, "fmt", "Caddyfile")); got != read(t, "Caddyfile") {
		t.Errorf("caddy fmt --overwrite is due:\n%s", got)
	}
}
