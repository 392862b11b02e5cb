package mp

import "github.com/prometheus/client_golang/prometheus"

// metrics are the counters of client and cache.
type metrics struct {
	cache       *prometheus.CounterVec // by result
	upstream    *prometheus.CounterVec // by result
	limiterWait prometheus.Histogram
	blocked     prometheus.Gauge
	rejected    prometheus.Counter
	breaker     prometheus.Gauge
	bytes       prometheus.Gauge
	objects     prometheus.Gauge
	writable    prometheus.Gauge
	version     *prometheus.GaugeVec
}

// newMetrics registers the metrics; with a nil registerer they only count.
func newMetrics(reg prometheus.Registerer) *metrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "zoneaxis_" + name, Help: help})
	}
	counters := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zoneaxis_" + name, Help: help}, []string{"result"})
	}
	m := &metrics{
		cache:    counters("structure_cache_total", "Structure look-ups: memory, store, fetched, stale, negative, corrupt, error, evicted, write_error."),
		upstream: counters("upstream_requests_total", "Requests to the Materials Project by result."),
		limiterWait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zoneaxis_upstream_wait_seconds", Help: "Time a request waited for the upstream budget.",
			Buckets: []float64{0.001, 0.01, 0.1, 0.3, 1, 3, 10},
		}),
		blocked:  gauge("upstream_blocked_until_seconds", "Unix time until which the upstream is left alone; 0 if it is not."),
		rejected: prometheus.NewCounter(prometheus.CounterOpts{Name: "zoneaxis_upstream_rejected_key_total", Help: "Answers 401 or 403: the key or this machine is refused. Alert on it."}),
		breaker:  gauge("upstream_breaker_state", "0 closed, 1 half open, 2 open."),
		bytes:    gauge("store_bytes", "Bytes of stored structures."),
		objects:  gauge("store_objects", "Number of stored structures."),
		writable: gauge("store_writable", "1 if structures can be stored, 0 if the disk is full or cannot be written."),
		version:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "zoneaxis_materials_project_version_info", Help: "Database version in use."}, []string{"db_version"}),
	}
	if reg != nil {
		reg.MustRegister(m.cache, m.upstream, m.limiterWait, m.blocked, m.rejected, m.breaker, m.bytes, m.objects, m.writable, m.version)
	}
	return m
}
