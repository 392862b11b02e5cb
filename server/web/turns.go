package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// maxWaiting and maxWaitingEach bound who waits for a turn, in all and for
	// each client.
	maxWaiting     = 64
	maxWaitingEach = 8
	maxBudgets     = 8192 // clients remembered
)

// errCrowded says that there was no turn in time: others are before.
var errCrowded = errors.New("web: too many patterns to draw")

// spentError says that a client has used the processor time that he may have.
type spentError struct{ after time.Duration }

func (e *spentError) Error() string { return "web: the client's time for drawing is used up" }

// turns hands out the right to draw: to a few at one time, and of those who
// wait to the client who has used least processor time of late. Each client has
// a budget of it for every minute; what a turn took is paid afterwards.
type turns struct {
	perMinute time.Duration // of processor time for each client; 0 for no limit

	mu      sync.Mutex
	free    int
	waiting []*turn // in order of arrival
	budgets *simplelru.LRU[string, *budget]
}

// turn is one who waits.
type turn struct {
	*budget
	granted chan struct{}
	pushed  chan struct{} // closed for another who has used less
}

// budget is the processor time that a client has left.
type budget struct {
	left    time.Duration // below zero after a turn that took more
	at      time.Time     // when that was true
	waiting int
}

func newTurns(atOnce int, perMinute time.Duration) *turns {
	budgets, err := simplelru.NewLRU[string, *budget](maxBudgets, nil)
	if err != nil {
		panic(err) // only a size below one is refused
	}
	return &turns{perMinute: perMinute, free: atOnce, budgets: budgets}
}

// full is the budget of a client who has drawn nothing lately. Without a limit
// it is a minute, which only says who comes first.
func (t *turns) full() time.Duration {
	if t.perMinute == 0 {
		return time.Minute
	}
	return t.perMinute
}

// refill brings a budget up to date: an empty one is full after a minute.
func (t *turns) refill(b *budget, now time.Time) {
	full := t.full()
	since := min(now.Sub(b.at), 10*time.Minute)
	b.left = min(full, b.left+time.Duration(float64(since)*full.Minutes()))
	b.at = now
}

func (t *turns) budgetOf(client string, now time.Time) *budget {
	b, ok := t.budgets.Get(client)
	if !ok {
		b = &budget{left: t.full(), at: now}
		t.budgets.Add(client, b)
	}
	t.refill(b, now)
	return b
}

// take waits for a turn, for as long as patience says. done ends the turn and
// says what processor time it took. The error is errCrowded, a *spentError, or
// the context's.
func (t *turns) take(ctx context.Context, client string, patience time.Duration) (done func(took time.Duration), err error) {
	t.mu.Lock()
	b := t.budgetOf(client, time.Now())
	switch {
	case t.perMinute > 0 && b.left <= 0:
		// Until there is enough for a pattern or two.
		after := time.Duration(float64(t.perMinute/20-b.left) / t.perMinute.Minutes())
		t.mu.Unlock()
		return nil, &spentError{after}
	case t.free > 0:
		t.free--
		t.mu.Unlock()
		return t.end(b), nil
	case b.waiting >= maxWaitingEach, len(t.waiting) >= maxWaiting && !t.push(b):
		t.mu.Unlock()
		return nil, errCrowded
	}
	mine := &turn{b, make(chan struct{}), make(chan struct{})}
	t.waiting = append(t.waiting, mine)
	b.waiting++
	t.mu.Unlock()

	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-mine.granted:
		return t.end(b), nil
	case <-mine.pushed:
		return nil, errCrowded
	case <-wait.C:
		err = errCrowded
	case <-ctx.Done():
		err = ctx.Err()
	}
	if t.leave(mine) {
		return nil, err
	}
	select {
	case <-mine.granted: // at that moment
		return t.end(b), nil
	default: // pushed out at that moment
		return nil, err
	}
}

// push makes room in a full queue: of those who wait, the one who has used most
// goes, the last of them, if that is more than b has.
func (t *turns) push(b *budget) bool {
	worst := -1
	for i, w := range t.waiting {
		t.refill(w.budget, b.at)
		if worst < 0 || w.left <= t.waiting[worst].left {
			worst = i
		}
	}
	if worst < 0 || t.waiting[worst].left >= b.left {
		return false
	}
	close(t.remove(worst).pushed)
	return true
}

// leave takes one who waits out of the queue; false if he has been granted his
// turn.
func (t *turns) leave(who *turn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, w := range t.waiting {
		if w == who {
			t.remove(i)
			return true
		}
	}
	return false
}

func (t *turns) remove(i int) *turn {
	who := t.waiting[i]
	t.waiting = append(t.waiting[:i], t.waiting[i+1:]...)
	who.waiting--
	return who
}

// end returns what ends a turn: it is paid for, and handed on.
func (t *turns) end(b *budget) func(time.Duration) {
	return func(took time.Duration) {
		t.mu.Lock()
		defer t.mu.Unlock()
		now := time.Now()
		t.refill(b, now)
		b.left -= took
		next := -1
		for i, w := range t.waiting {
			t.refill(w.budget, now)
			if next < 0 || w.left > t.waiting[next].left {
				next = i
			}
		}
		if next < 0 {
			t.free++
			return
		}
		close(t.remove(next).granted)
	}
}
