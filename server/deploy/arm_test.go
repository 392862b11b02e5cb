//go:build deploy

package deploy_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestARM runs the program for arm64 in an emulator: it starts, is healthy,
// fetches a structure, draws the same bytes as the program of this machine (whose last digits of an
// orientation that is no multiple of a right angle may be others), and
// ends when it is told to.
func TestARM(t *testing.T) {
	emulator := []string{tool(t, "qemu-aarch64-static", "the program for arm64")}
	if runtime.GOARCH == "arm64" {
		emulator = nil
	}
	program := filepath.Join(t.TempDir(), "zoneaxis-server")
	run(t, goCommand(t, []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64"}, "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./server"))
	fake, base := upstream(t)
	line := append(emulator, program)
	arm := exec.Command(line[0], line[1:]...)
	native := site(t, "MP_BASE_URL="+base, "MP_API_KEY="+key)
	arm.Env = append(site(t).Env, "MP_BASE_URL="+base, "MP_API_KEY="+key)
	if out := run(t, exec.Command(line[0], append(line[1:], "version")...)); !strings.Contains(out, "linux/arm64") {
		t.Errorf("version: %s", out)
	}
	p, here := serve(t, arm), serve(t, native)

	health := exec.Command(line[0], append(line[1:], "healthcheck")...)
	health.Env = []string{"ADDR=" + strings.TrimPrefix(p.url, "http://"), "HOME=" + t.TempDir()}
	run(t, health)
	if a := get(t, p.url+"/api/structure/mp-22862"); a.status != 200 || fake.Count(22862) != 1 {
		t.Errorf("a structure: %d, asked %d times: %.300s", a.status, fake.Count(22862), a.body)
	}
	for _, link := range []string{"/sim.svg?c=mp-22862&z=1,1,0", "/sim.svg?c=si&z=1,1,0"} {
		got, want := get(t, p.url+link), get(t, here.url+link)
		if got.status != 200 || !bytes.Contains(got.body, []byte("<svg")) || !bytes.Equal(got.body, want.body) {
			t.Errorf("%s: %d with %d bytes, here %d bytes", link, got.status, len(got.body), len(want.body))
		}
	}
	if err := stop(t, p); err != nil || !strings.Contains(p.text(), `"msg":"stopped"`) {
		t.Errorf("SIGTERM: %v\n%s", err, p.text())
	}
}
