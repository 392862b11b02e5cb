// Command browsers runs the browser tests: go run ./scripts/browsers
//
// A browser on a busy machine can miss a moment, so a test that fails runs once
// more, by itself. One that passes only then is counted and listed at the end,
// and more than two of them fail the run: they are faults that show now and
// then, of the page or of its test. What fails twice has failed.
//
// The tests run in two lanes side by side, each a run of go test with a browser of
// its own, since a browser test waits for half of its time. Those that measure
// time come after them, alone.
//
// It needs what the tests need: bin/zoneaxis-server, a Chromium, and Firefox
// for the smoke test (see scripts/test).
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// mostShaky is how many tests may need their second try.
const mostShaky = 2

func main() {
	if err := run(os.Stdout, goList, goTest, "-tags", "e2e", "-timeout", "40m", "./scripts/e2e/"); err != nil {
		fmt.Fprintln(os.Stderr, "browsers:", err)
		os.Exit(1)
	}
}

// alone are the tests that measure time, or drive browsers that take a whole
// machine.
var alone = []string{"TestFirstVisit", "TestLongTasks", "TestFrameTimes", "TestIdle", "TestFirefox", "TestWebKit"}

const lanes = 2

// run runs the tests of one package once, and those that failed once more.
func run(out io.Writer, list lister, test tester, args ...string) error {
	names, err := list(args...)
	if err != nil {
		return err
	}
	failed, err := sideBySide(&wholeWrites{out: out}, names, test, args...)
	if err != nil || len(failed) == 0 {
		return err
	}
	fmt.Fprintf(out, "once more, by themselves: %s\n", strings.Join(failed, ", "))
	twice, err := test(out, append([]string{only(failed)}, args...)...)
	if err != nil {
		return err
	}
	shaky := slices.DeleteFunc(slices.Clone(failed), func(name string) bool { return slices.Contains(twice, name) })
	var errs []error
	if len(shaky) > 0 {
		fmt.Fprintf(out, "passed only at the second try (%d, at most %d may): %s\n", len(shaky), mostShaky, strings.Join(shaky, ", "))
	}
	if len(twice) > 0 {
		errs = append(errs, errors.New("failed twice: "+strings.Join(twice, ", ")))
	}
	if len(shaky) > mostShaky {
		errs = append(errs, fmt.Errorf("%d tests passed only at their second try, at most %d may", len(shaky), mostShaky))
	}
	return errors.Join(errs...)
}

// sideBySide runs tests in lanes, and then those that have to be alone. It
// returns those that failed in the order of names.
func sideBySide(out io.Writer, names []string, test tester, args ...string) ([]string, error) {
	var shared [lanes][]string
	var quiet []string
	for _, name := range names {
		if slices.Contains(alone, name) {
			quiet = append(quiet, name)
			continue
		}
		// The shorter lane: names in turn, so that long tests of one file share out.
		i := 0
		for k := range shared {
			if len(shared[k]) < len(shared[i]) {
				i = k
			}
		}
		shared[i] = append(shared[i], name)
	}
	var failures [lanes + 1][]string
	var errs [lanes + 1]error
	var running sync.WaitGroup
	for i, some := range shared {
		if len(some) > 0 {
			running.Go(func() { failures[i], errs[i] = test(out, append([]string{only(some)}, args...)...) })
		}
	}
	running.Wait()
	if len(quiet) > 0 {
		failures[lanes], errs[lanes] = test(out, append([]string{only(quiet)}, args...)...)
	}
	failed := slices.Concat(failures[:]...)
	slices.SortFunc(failed, func(a, b string) int { return slices.Index(names, a) - slices.Index(names, b) })
	return failed, errors.Join(errs[:]...)
}

// only is the argument of go test that runs just these tests.
func only(names []string) string { return "-run=^(" + strings.Join(names, "|") + ")$" }

// wholeWrites lets several writers write one after the other.
type wholeWrites struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *wholeWrites) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// lister returns the names of the tests that the arguments of go test name.
type lister func(args ...string) ([]string, error)

// goList is the lister of the go command.
func goList(args ...string) ([]string, error) {
	var stderr bytes.Buffer
	cmd := exec.Command("go", append([]string{"test", "-list", "^Test"}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the browser tests did not come to their end: %w\n%s%s", err, out, stderr.String())
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		if name := strings.TrimSpace(line); strings.HasPrefix(name, "Test") {
			names = append(names, name)
		}
	}
	return names, nil
}

// tester runs the tests that the arguments of go test name and returns those
// that failed, in order. It is an error if the run did not come to its end.
type tester func(out io.Writer, args ...string) (failed []string, err error)

// event is what go test -json tells.
type event struct{ Action, Test, Output string }

// routine are lines that say nothing of a failure.
var routine = regexp.MustCompile(`^(=== |\s*--- (PASS|SKIP)|PASS$)`)

// goTest is the tester of the go command. Lines that tell of tests that pass
// are left out of its output.
func goTest(out io.Writer, args ...string) (failed []string, err error) {
	cmd := exec.Command("go", append([]string{"test", "-json", "-count=1"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := false
	lines := bufio.NewScanner(pipe)
	for lines.Buffer(nil, 1<<24); lines.Scan(); {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		switch {
		case e.Action == "fail" && e.Test != "" && !strings.Contains(e.Test, "/"):
			failed = append(failed, e.Test)
		case strings.HasSuffix(e.Action, "output") && !routine.MatchString(e.Output):
			io.WriteString(out, e.Output)
		}
		// A run that comes to its end says so in a line of its own; one that panics
		// or takes too long does not.
		if e.Test == "" && (e.Output == "PASS\n" || e.Output == "FAIL\n") {
			ended = true
		}
	}
	exit := cmd.Wait()
	if !ended || lines.Err() != nil || (exit != nil) != (len(failed) > 0) {
		return nil, fmt.Errorf("the browser tests did not come to their end: %w\n%s", errors.Join(exit, lines.Err()), stderr.String())
	}
	return failed, nil
}
