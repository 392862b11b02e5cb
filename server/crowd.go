package main

import (
	"container/list"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/server/internal/service"
)

const (
	// connectionBytes is what a connection may take of the memory limit: its
	// goroutine, two buffers of 4 kB, and as much garbage.
	connectionBytes = 20 << 10
	// freshFor is how long a new connection has to say something before it may
	// be closed for another one.
	freshFor = time.Second
	// servedFor is how long an answer may take before its connection may be
	// closed for somebody else's, in a full house and if no address has more.
	servedFor = 5 * time.Second
	// maxRefusals bounds the refused connections that are waited for, until they
	// have read why.
	maxRefusals = 64
)

// crowd bounds the connections of the public listeners, in all and for each
// address, and lets the memory limit of the runtime follow their number. Where
// there is no room for a new one, one that idles is closed for it, of the same
// address or the one that idles longest; if none does, one of the address that
// has most, were it just opened or answered for long; and else the new one is
// refused.
type crowd struct {
	most, perClient int
	trusted         []netip.Prefix // proxies: one address for all visitors
	base, ceiling   int64          // of the memory limit, bytes; a ceiling of 0 is none
	log             *slog.Logger

	open    prometheus.Gauge
	ended   *prometheus.CounterVec
	refuses chan struct{}

	mu      sync.Mutex
	all     int
	idle    *list.List // *guest, the one that idles longest first
	parties map[netip.Addr]*party
	warned  time.Time
}

// party is the connections of one address.
type party struct {
	n          int
	idle, busy *list.List // as crowd.idle
	trusted    bool
}

// guest is one connection.
type guest struct {
	*net.TCPConn // by its own type, which sends files without copying them
	crowd        *crowd
	addr         netip.Addr

	since   time.Time // when it began to idle, or to be answered
	fresh   bool      // it has not said anything yet
	inAll   *list.Element
	inParty *list.Element // of those that idle
	inBusy  *list.Element
	ended   bool
}

func newCrowd(cfg *config, ceiling int64, log *slog.Logger, metrics prometheus.Registerer) *crowd {
	c := &crowd{
		most: cfg.Connections, perClient: cfg.PerClient, trusted: cfg.TrustedProxies,
		base: int64(cfg.MemoryBytes) + 32<<20, ceiling: ceiling, log: log,
		open:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "zoneaxis_connections", Help: "Open connections of visitors."}),
		ended:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zoneaxis_connections_ended_total", Help: "Connections that this server ended for want of room: idle, refused."}, []string{"why"}),
		refuses: make(chan struct{}, maxRefusals), idle: list.New(), parties: map[netip.Addr]*party{},
	}
	if room := (ceiling - c.base) / connectionBytes; ceiling > 0 && int64(c.most) > room {
		c.most = int(max(room, 64))
	}
	if files := openFiles(); files > 0 {
		// The rest is for the program's own; of few, half.
		if room := max(files-128, files/2); c.most == 0 || c.most > room {
			c.most = room
		}
	}
	metrics.MustRegister(c.open, c.ended)
	return c
}

// door is a listener that visitors come to.
type door struct {
	net.Listener
	crowd *crowd
	tls   bool // what is said before the handshake is not understood
}

func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil // not from net.Listen("tcp", …)
		}
		if g := d.crowd.admit(tcp); g != nil {
			return g, nil
		}
		d.crowd.refuse(tcp, d.tls)
	}
}

// addressOf is how connections are counted: by address, IPv6 by /64.
func addressOf(conn net.Conn) netip.Addr {
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip := remote.AddrPort().Addr().Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return ip
}

// admit makes room for a connection; nil if there is none.
func (c *crowd) admit(conn *net.TCPConn) *guest {
	g := &guest{TCPConn: conn, crowd: c, addr: addressOf(conn), fresh: true}
	trusted := false
	if remote, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		ip := remote.AddrPort().Addr().Unmap().WithZone("")
		for _, p := range c.trusted {
			trusted = trusted || p.Contains(ip)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.parties[g.addr]
	if p == nil {
		p = &party{idle: list.New(), busy: list.New(), trusted: trusted}
	}
	now := time.Now()
	if c.perClient > 0 && p.n >= c.perClient && !trusted && !c.makeRoom(p.idle, now) {
		return nil
	}
	if c.most > 0 && c.all >= c.most && !c.makeRoom(c.idle, now) && !c.share(p, now) {
		return nil
	}
	c.parties[g.addr] = p
	p.n++
	c.all++
	c.open.Set(float64(c.all))
	c.rest(g, p, now)
	return g
}

// makeRoom closes the connection of a list that idles longest. New ones are
// passed over for a moment, since their first request is under way.
func (c *crowd) makeRoom(idle *list.List, now time.Time) bool {
	e := idle.Front()
	for range maxRefusals {
		if e == nil {
			return false
		}
		if g := e.Value.(*guest); !g.fresh || now.Sub(g.since) >= freshFor {
			c.dismiss(g)
			return true
		}
		e = e.Next()
	}
	return false
}

// share makes room for one of a party at the cost of the party that has most, if
// that has more: thousands that were just opened, or do not take their answers,
// keep nobody else out.
func (c *crowd) share(with *party, now time.Time) bool {
	var most *party
	for _, p := range c.parties {
		if !p.trusted && p.n > with.n+1 && (most == nil || p.n > most.n) {
			most = p
		}
	}
	if most == nil {
		return false
	}
	if e := most.idle.Front(); e != nil {
		c.dismiss(e.Value.(*guest))
		return true
	}
	if e := most.busy.Front(); e != nil && now.Sub(e.Value.(*guest).since) >= servedFor {
		c.dismiss(e.Value.(*guest))
		return true
	}
	return false
}

// dismiss closes an idle connection.
func (c *crowd) dismiss(g *guest) {
	c.ended.WithLabelValues("idle").Inc()
	c.leave(g)
	go g.TCPConn.Close() // the server's reader ends with it
}

// rest puts a connection at the end of those that idle.
func (c *crowd) rest(g *guest, p *party, now time.Time) {
	g.since = now
	g.inAll, g.inParty = c.idle.PushBack(g), p.idle.PushBack(g)
}

// rouse takes a connection out of those that idle, or are answered.
func (c *crowd) rouse(g *guest) {
	p := c.parties[g.addr]
	if g.inAll != nil {
		c.idle.Remove(g.inAll)
		p.idle.Remove(g.inParty)
	}
	if g.inBusy != nil {
		p.busy.Remove(g.inBusy)
	}
	g.inAll, g.inParty, g.inBusy = nil, nil, nil
}

// leave forgets a connection.
func (c *crowd) leave(g *guest) {
	if g.ended {
		return
	}
	g.ended = true
	c.rouse(g)
	p := c.parties[g.addr]
	if p.n--; p.n == 0 {
		delete(c.parties, g.addr)
	}
	c.all--
	c.open.Set(float64(c.all))
}

// Close closes the connection and gives its place to another.
func (g *guest) Close() error {
	g.crowd.mu.Lock()
	g.crowd.leave(g)
	g.crowd.mu.Unlock()
	return g.TCPConn.Close()
}

// state is http.Server.ConnState.
func (c *crowd) state(conn net.Conn, state http.ConnState) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	g, ok := conn.(*guest)
	if !ok || state != http.StateActive && state != http.StateIdle {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.ended {
		return
	}
	c.rouse(g)
	g.fresh = false
	p, now := c.parties[g.addr], time.Now()
	if state == http.StateIdle {
		c.rest(g, p, now)
		return
	}
	g.since, g.inBusy = now, p.busy.PushBack(g)
}

// patience is how long a connection may idle at a number of connections.
func (c *crowd) patience(all int) time.Duration {
	switch most := max(c.most, 1); {
	case c.most == 0 || all < most/2:
		return service.IdleFor
	case all < most*3/4:
		return service.IdleFor / 6
	case all < most*9/10:
		return service.IdleFor / 20
	}
	return service.IdleFor / 60
}

// run ends what idles too long and lets the memory limit follow, until the
// context ends.
func (c *crowd) run(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	steps := -1
	for {
		c.mu.Lock()
		all := c.all
		before := time.Now().Add(-c.patience(all))
		for e := c.idle.Front(); e != nil && e.Value.(*guest).since.Before(before); e = c.idle.Front() {
			c.dismiss(e.Value.(*guest))
		}
		c.mu.Unlock()
		// In steps, since changing the limit stops the world for a moment.
		if now := (all + 255) / 256; now != steps {
			steps = now
			c.limitMemory(now * 256)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// limitMemory sets the runtime's limit for a number of connections, unless
// GOMEMLIMIT did. Near it the collector works harder; what is live lies far
// below, since the caches and the connections are bounded.
func (c *crowd) limitMemory(connections int) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := c.base + int64(connections)*connectionBytes
	if c.ceiling > 0 {
		limit = min(limit, c.ceiling)
	}
	debug.SetMemoryLimit(limit)
}

// refuse tells a connection that there is no room and closes it; a mute one
// just ends.
func (c *crowd) refuse(conn *net.TCPConn, mute bool) {
	c.ended.WithLabelValues("refused").Inc()
	c.mu.Lock()
	warn := time.Since(c.warned) > time.Minute
	if warn {
		c.warned = time.Now()
	}
	all := c.all
	c.mu.Unlock()
	if warn {
		c.log.Warn("connections refused: no room, and none that idles", "open", all, "most", c.most, "per_client", c.perClient)
	}
	if mute {
		conn.Close()
		return
	}
	// Nothing has been written yet, so that this waits for nobody.
	conn.SetDeadline(time.Now().Add(time.Second))
	conn.Write(crowded.answer())
	conn.CloseWrite()
	select {
	case c.refuses <- struct{}{}:
	default:
		conn.Close()
		return
	}
	go func() {
		defer func() { <-c.refuses }()
		defer conn.Close()
		// What the client sent is read, or the answer would be lost with it.
		io.Copy(io.Discard, io.LimitReader(conn, 16<<10))
	}()
}
