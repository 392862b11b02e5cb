//go:build e2e

package e2e

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestFirefox runs the checks in the folder firefox, whose run.mjs tells how to
// add one; FIREFOX_CHECK="its name" runs one alone. It is left out, and says so,
// where there is no Firefox; scripts/test installs Debian's if it can.
func TestFirefox(t *testing.T) {
	name := os.Getenv("FIREFOX")
	if name == "" {
		name = "firefox-esr"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("left out: there is no Firefox (%v)", err)
	}
	if _, err := os.Stat("node_modules/puppeteer-core"); err != nil {
		t.Fatal("run npm ci in scripts/e2e first")
	}
	s := startServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	args := []string{"firefox/run.mjs", path, s.base}
	if one := os.Getenv("FIREFOX_CHECK"); one != "" {
		args = append(args, one)
	}
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
