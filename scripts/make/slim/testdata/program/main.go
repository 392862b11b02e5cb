// Command program does what the runtime decides by its tables: recovers at every
// depth, names wrappers, scans and grows stacks, calls through package reflect.
package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

type value struct{ n int }

func (v value) get() int { return v.n }

type getter interface{ get() int }

// opaque hides from the compiler what an interface holds.
//
//go:noinline
func opaque[T any](v T) T { return v }

func helper() any { return recover() } // small enough to be inlined

type guard struct{ where *string }

func (g guard) done() {
	if p := recover(); p != nil {
		*g.where += fmt.Sprint(" guard:", p)
	}
}

type closer interface{ done() }

func direct() (text string) {
	defer func() { text = fmt.Sprint("direct: ", recover()) }()
	var list []int
	return fmt.Sprint(list[len(text)+3])
}

func tooDeep() (text string) {
	defer func() { text = fmt.Sprint("outer: ", recover()) }()
	defer func() {
		func() { helper() }() // two frames away: must not recover
	}()
	panic("deep")
}

func byHelper() (text string) {
	defer func() { text += fmt.Sprint("second: ", recover()) }()
	defer func() { _ = helper() }() // inlined, but one frame too far
	panic("helped")
}

func itself() (text string) {
	defer func() { text = fmt.Sprint("after defer recover: ", recover()) }()
	defer recover() //nolint:all // does not recover
	panic("itself")
}

func byWrapper() (text string) {
	g := &guard{&text}
	var c closer = g
	if len(text) == 0 {
		c = opaque(c)
	}
	defer c.done() // through the wrapper (*guard).done
	panic("wrapped")
}

func byMethodValue() (text string) {
	f := guard{&text}.done
	defer f()
	panic("method value")
}

func nilReceiver() (text string) {
	defer func() { text = fmt.Sprint("nil: ", recover()) }()
	var p *value
	return fmt.Sprint(opaque(getter(p)).get())
}

func again() (text string) {
	defer func() { text = fmt.Sprint("again: ", recover()) }()
	defer func() { panic(fmt.Sprint("from ", recover())) }()
	panic("first")
}

func exits() string {
	done := make(chan string, 1)
	go func() {
		defer func() { done <- fmt.Sprint("goexit: ", recover()) }()
		runtime.Goexit()
	}()
	return <-done
}

// deep grows the stack with live pointers in every frame, and collects.
func deep(n int, s *strings.Builder) int {
	local := [8]*int{new(int), new(int)}
	*local[0], *local[1] = n, 2*n
	if n == 0 {
		runtime.GC()
		return 0
	}
	if n%1000 == 0 {
		defer func() { s.WriteString(fmt.Sprint(" ", *local[1])) }()
	}
	return deep(n-1, s) + *local[0]
}

func reflected() string {
	swap := func(in []reflect.Value) []reflect.Value {
		runtime.GC()
		return []reflect.Value{in[1], in[0]}
	}
	var f func(int, string) (string, int)
	reflect.ValueOf(&f).Elem().Set(reflect.MakeFunc(reflect.TypeOf(f), swap))
	s, n := f(4, "four")
	m := reflect.ValueOf(value{7}).MethodByName("Get")
	return fmt.Sprint(s, n, m.IsValid(), reflect.ValueOf(getter.get).Call([]reflect.Value{reflect.ValueOf(value{9})})[0])
}

type failure struct{ inner error }

func (f *failure) Error() string { return "failure of " + f.inner.Error() }
func (f *failure) Unwrap() error { return f.inner }

func main() {
	for _, f := range []func() string{
		direct, tooDeep, byHelper, itself, byWrapper, byMethodValue, nilReceiver, again, exits, reflected,
	} {
		fmt.Println(f())
	}
	var s strings.Builder
	fmt.Println(deep(5000, &s), s.String())
	sums := make(chan int)
	for i := range 20 {
		go func() {
			var s strings.Builder
			sums <- deep(100*i, &s)
		}()
	}
	total := 0
	for range 20 {
		total += <-sums
		runtime.Gosched()
	}
	fmt.Println(total)
	err := fmt.Errorf("wrapped: %w", &failure{errors.New("all")})
	kind, ok := errors.AsType[*failure](err)
	fmt.Println(err, ok, kind)
}
