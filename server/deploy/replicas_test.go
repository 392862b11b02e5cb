//go:build deploy

package deploy_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zoneaxis/server/mp/mpfake"
)

// fakeS3 is a stand-in for S3 by others, as in the tests of server/mp.
const fakeS3 = "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0"

// TestReplicas runs three sites over one bucket and one upstream. A thousand ask
// for one structure: one site calls the upstream, the others wait for what it puts
// into the bucket. Then they are restarted one after the other while
// others ask on, who go where /readyz says so: nobody is refused.
func TestReplicas(t *testing.T) {
	tools := t.TempDir()
	install := exec.Command("go", "install", fakeS3)
	install.Dir, install.Env = tools, append(os.Environ(), "GOBIN="+tools, "GOFLAGS=-mod=mod")
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("LEFT OUT: several sites over one bucket, since the stand-in for S3 cannot be had: %v\n%s", err, out)
	}
	program := filepath.Join(tools, "zoneaxis-server")
	run(t, goCommand(t, []string{"CGO_ENABLED=0"}, "build", "-trimpath", "-tags", "s3", "-ldflags=-s -w", "-o", program, "./server"))
	bucket := freePort(t)
	launch(t, exec.Command(filepath.Join(tools, "gofakes3"), "-backend", "memory", "-host", bucket, "-initialbucket", "structures"))
	eventually(t, "the bucket is there", func() error { _, err := ask("http://" + bucket + "/"); return err })

	fake, base := upstream(t)
	const replicas, id = 3, 22862
	// Long enough that all of the thousand ask meanwhile.
	fake.Script(id, mpfake.Delay(time.Second), mpfake.Delay(time.Second), mpfake.Delay(time.Second))
	command := func(addr string) *exec.Cmd {
		cmd := site(t, "ADDR="+addr, "MP_BASE_URL="+base, "MP_API_KEY="+key, "S3_BUCKET=structures", "S3_ENDPOINT=http://"+bucket,
			"AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "DRAIN_SECONDS=1")
		cmd.Path, cmd.Args[0] = program, program
		return cmd
	}
	var sites [replicas]*process
	var addrs [replicas]string
	for i := range sites {
		addrs[i] = freePort(t)
		sites[i] = serve(t, command(addrs[i]))
	}
	path := fmt.Sprintf("/api/structure/mp-%d", id)
	var failed atomic.Int32
	var wg sync.WaitGroup
	for i := range 1000 {
		wg.Go(func() {
			if a, err := ask("http://" + addrs[i%replicas] + path); err != nil || a.status != 200 {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := fake.Count(id); failed.Load() != 0 || n != 1 {
		t.Errorf("%d of 1000 failed; %d calls of the upstream, want one", failed.Load(), n)
	}

	// Who balances the load asks /readyz every 100 ms, and each site that it has
	// said no of gets no new requests.
	var ready [replicas]atomic.Bool
	for i := range ready {
		ready[i].Store(true)
	}
	done := make(chan struct{})
	var balancing sync.WaitGroup
	balancing.Go(func() {
		for {
			for i := range addrs {
				a, err := ask("http://" + addrs[i] + "/readyz")
				ready[i].Store(err == nil && a.status == http.StatusOK)
			}
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	var asked atomic.Int32
	for w := range 6 {
		balancing.Go(func() {
			for i := w; ; i++ {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
				if !ready[i%replicas].Load() {
					continue
				}
				asked.Add(1)
				if a, err := ask("http://" + addrs[i%replicas] + path); err != nil || a.status != 200 {
					failed.Add(1)
				}
			}
		})
	}
	before := fake.Count(id)
	for i := range sites {
		if err := stop(t, sites[i]); err != nil {
			t.Errorf("SIGTERM: %v\n%s", err, sites[i].text())
		}
		sites[i] = serve(t, command(addrs[i]))
		eventually(t, "the new one is taken in", func() error {
			if !ready[i].Load() {
				return fmt.Errorf("not ready")
			}
			return nil
		})
	}
	close(done)
	balancing.Wait()
	if failed.Load() != 0 || asked.Load() < 200 {
		t.Errorf("%d of %d failed during the restart", failed.Load(), asked.Load())
	}
	if n := fake.Count(id) - before; n != 0 {
		t.Errorf("%d calls of the upstream for what is in the bucket", n)
	}
}
