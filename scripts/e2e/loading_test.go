//go:build e2e

package e2e

import (
	"fmt"
	"testing"
)

// longTasks is how long the page's main thread may be busy at a stretch, ms.
const longTask = 100

// watchTasks runs before the page: it remembers every task of 50 ms or more,
// those of the canvas's iframe too, and when the layout shifted.
const watchTasks = `
	if (self === top) {
		globalThis.tasks = [];
		globalThis.shift = 0;
		new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => [Math.round(e.startTime), Math.round(e.duration)]))).observe({ type: "longtask", buffered: true });
		new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) shift += e.value }).observe({ type: "layout-shift", buffered: true });
	}
`

// TestLongTasks: from the first byte until everything is saved nothing keeps
// the main thread busy for long. Another program may get in the way on a shared
// machine: the best of three visits counts, each with an empty cache.
func TestLongTasks(t *testing.T) {
	s := startServer(t)
	best := [][]float64{{0, 1e9}}
	longest := func(tasks [][]float64) (n float64) {
		for _, task := range tasks {
			n = max(n, task[1])
		}
		return n
	}
	for range 3 {
		p := newTab(t, browser(t), newGate(t, s).base, 1440, 900)
		p.before(watchTasks)
		p.open("/sim?z=1,1,0")
		p.wait("the canvas", onCanvas)
		p.wait("everything saved", savedOffline)
		tasks := eval[[][]float64](p, `tasks`)
		t.Logf("tasks of 50 ms or more (start, ms): %v", tasks)
		if longest(tasks) < longest(best) {
			best = tasks
		}
		if longest(best) <= longTask {
			return
		}
	}
	t.Error(fmt.Sprintf("the main thread was busy for %v ms at a stretch, the limit is %d ms: %v", longest(best), longTask, best))
}
