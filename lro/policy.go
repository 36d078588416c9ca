package lro

import (
	"cmp"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// Defaults of [PollPolicy]. docs/design.md has the figures they were chosen by.
const (
	DefaultInitialInterval = time.Second
	DefaultCoefficient     = 1.3
	DefaultMaximumInterval = 30 * time.Second
	DefaultMaximumEstimate = 5 * time.Minute
	DefaultYieldInterval   = time.Minute
)

// PollPolicy says when an operation is read next. It does not decide about errors: those are
// retried until the deadline.
//
// The interval is a function of the time since the wait began,
//
//	min(InitialInterval + (Coefficient-1) * elapsed, MaximumInterval)
//
// which is geometric backoff without a counter, so that no state has to survive a worker's death.
// Up to 10% of it is taken off at random, so that waits do not march in step. If a List answers so
// many waits that a read costs next to nothing, the interval is cut by 1/8.
//
// If the metadata carries a percentage above 0, the next read is after 75% of the estimated
// remaining time instead, or after all of it if that is at most 40 s. The estimate gives at least
// 5 s, at most MaximumEstimate, and at most eight times the operation's age, because an
// operation that ran for a second is not trusted with minutes. Advice of the server (RetryInfo,
// Retry-After) is a minimum for the next read, up to 1 h, but not for the last read before a
// deadline.
//
// If the wait has the reply to the operation's start, the first read comes after InitialInterval.
// If that is not set and the method is known to take longer, it comes after 5 s or 20 s, by the
// method. Any other operation is read at once.
//
// The zero PollPolicy is the default policy; each zero field is its default.
type PollPolicy struct {
	// InitialInterval is the delay before the first read after a start, or between a first read
	// that is made at once and the second. Default 1 s. For the start of an instance it is 5 s, for
	// a backup or a restore 20 s.
	InitialInterval time.Duration
	// Coefficient is the ratio of successive intervals, at least 1. Default 1.3.
	Coefficient float64
	// MaximumInterval is the longest interval of the formula. Default 30 s, or
	// InitialInterval if that is longer.
	MaximumInterval time.Duration
	// MaximumEstimate is the longest interval that a percentage gives. Default MaximumInterval if
	// that is set, else the longer of 5 min and InitialInterval.
	MaximumEstimate time.Duration
	// YieldInterval is the interval from which on the Temporal server holds the wait between reads,
	// instead of a worker. Default 1 min. The server retries after 1 s at the earliest.
	YieldInterval time.Duration
	// IgnoreProgress polls by the formula even where metadata has a percentage.
	IgnoreProgress bool
}

// WithDefaults returns p with its zero fields set.
func (p PollPolicy) WithDefaults() PollPolicy {
	if p.InitialInterval == 0 {
		p.InitialInterval = min(DefaultInitialInterval, cmp.Or(p.MaximumInterval, DefaultInitialInterval))
	}
	if p.Coefficient == 0 {
		p.Coefficient = DefaultCoefficient
	}
	if p.MaximumEstimate == 0 {
		p.MaximumEstimate = cmp.Or(p.MaximumInterval, max(DefaultMaximumEstimate, p.InitialInterval))
	}
	if p.MaximumInterval == 0 {
		p.MaximumInterval = max(DefaultMaximumInterval, p.InitialInterval)
	}
	if p.YieldInterval == 0 {
		p.YieldInterval = DefaultYieldInterval
	}
	return p
}

// Validate reports the first invalid field as an [*InvalidError] whose Field
// starts with "policy.". Zero fields are valid.
func (p PollPolicy) Validate() error {
	for _, f := range p.durations() {
		if err := ValidateDuration("policy."+f.name, *f.at, "the default"); err != nil {
			return err
		}
	}
	// Written so that it refuses NaN, too.
	if p.Coefficient != 0 && !(p.Coefficient >= 1 && p.Coefficient <= 100) {
		return &InvalidError{Field: "policy.coefficient", Value: strconv.FormatFloat(p.Coefficient, 'g', -1, 64), Want: "0 (the default) or a number from 1 to 100"}
	}
	if d := p.WithDefaults(); d.InitialInterval > d.MaximumInterval {
		return &InvalidError{Field: "policy.maximumInterval", Value: p.MaximumInterval.String(), Want: "at least policy.initialInterval, which is " + p.InitialInterval.String()}
	}
	return nil
}

type durationField struct {
	name string
	at   *time.Duration
}

func (p *PollPolicy) durations() []durationField {
	return []durationField{
		{"initialInterval", &p.InitialInterval},
		{"maximumInterval", &p.MaximumInterval},
		{"maximumEstimate", &p.MaximumEstimate},
		{"yieldInterval", &p.YieldInterval},
	}
}

// policyWire is PollPolicy in JSON.
type policyWire struct {
	InitialInterval Duration `json:"initialInterval,omitzero"`
	Coefficient     float64  `json:"coefficient,omitempty"`
	MaximumInterval Duration `json:"maximumInterval,omitzero"`
	MaximumEstimate Duration `json:"maximumEstimate,omitzero"`
	YieldInterval   Duration `json:"yieldInterval,omitzero"`
	IgnoreProgress  bool     `json:"ignoreProgress,omitempty"`
}

// MarshalJSON writes the durations in seconds, as "1.5s".
func (p PollPolicy) MarshalJSON() ([]byte, error) {
	return json.Marshal(policyWire{
		InitialInterval: DurationOf(p.InitialInterval),
		Coefficient:     p.Coefficient,
		MaximumInterval: DurationOf(p.MaximumInterval),
		MaximumEstimate: DurationOf(p.MaximumEstimate),
		YieldInterval:   DurationOf(p.YieldInterval),
		IgnoreProgress:  p.IgnoreProgress,
	})
}

// UnmarshalJSON reads the form that MarshalJSON writes. Its errors are [*InvalidError] that name
// the field. It ignores unknown fields. [DecodeStrict] refuses them.
func (p *PollPolicy) UnmarshalJSON(raw []byte) error {
	var d decoder
	var read PollPolicy
	if read.readFrom(&d, "policy", raw); d.invalid == nil {
		*p = read
	}
	return d.invalid
}

// readFrom reads the policy at path.
func (p *PollPolicy) readFrom(d *decoder, path string, raw json.RawMessage) {
	var wire policyWire
	d.read(path, raw, reflect.ValueOf(&wire).Elem())
	out := PollPolicy{Coefficient: wire.Coefficient, IgnoreProgress: wire.IgnoreProgress}
	for i, duration := range []Duration{wire.InitialInterval, wire.MaximumInterval, wire.MaximumEstimate, wire.YieldInterval} {
		*out.durations()[i].at, _ = duration.In("") // an invalid one has been refused
	}
	*p = out
}
