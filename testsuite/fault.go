package testsuite

import (
	"fmt"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Fault disturbs some calls: which ones, when, and how. Make one with a
// constructor ([FailWith], [HTMLPage], [DropConnection], ...) and narrow it:
//
//	testsuite.Unavailable().On(testsuite.MethodGet).Calls(3, 5)
//	testsuite.PermissionDenied().During(0, 10*time.Minute)
//	testsuite.RateLimited(30 * time.Second).SlowedBy(2 * time.Second)
//
// Several faults may meet in one call: their delays add up, the longest
// Retry-After is sent, and the first in order that replaces the reply does. A
// Fault is a value; its methods return changed copies. The zero Fault changes
// nothing.
type Fault struct {
	// Methods are the methods it disturbs; none is every method.
	Methods []Method
	// Name is the resource, operation or collection named by the calls it
	// disturbs; "" is every name.
	Name string
	// From and To are the first and last call it disturbs, counting from 1 the
	// calls that match Methods and Name. 0 for From is 1, for To no last one.
	From, To int
	// After and Until are the times between which it disturbs calls, counted
	// from when the service, or the operation whose Script has it, started.
	// Until itself is outside; 0 for Until is for ever.
	After, Until time.Duration
	// Delay is how much later the service acts, on its clock.
	Delay time.Duration
	// RetryAfter is sent as a Retry-After header, in whole seconds, rounded up.
	// 0: no header. In memory it is seen in errors only.
	RetryAfter time.Duration

	effect effect
}

// effect is what a fault does to the reply.
type effect struct {
	reply *reply // in place of the service's; nil leaves it
	acts  bool   // whether the service acts all the same
	cut   bool   // cuts the service's own reply off
	err   error  // why it cannot be used; told when the fault is armed
}

// On returns f for the given methods only.
func (f Fault) On(methods ...Method) Fault {
	f.Methods = slices.Clone(methods)
	return f
}

// For returns f for calls that name the given resource, operation or collection
// only.
func (f Fault) For(name string) Fault {
	f.Name = name
	return f
}

// Calls returns f for the calls numbered first to last, both included; 0 for
// last is no last one.
func (f Fault) Calls(first, last int) Fault {
	f.From, f.To = first, last
	return f
}

// During returns f for the time from after until until; 0 for until is for ever.
func (f Fault) During(after, until time.Duration) Fault {
	f.After, f.Until = after, until
	return f
}

// SlowedBy returns f with the given Delay.
func (f Fault) SlowedBy(delay time.Duration) Fault {
	f.Delay = delay
	return f
}

// WithRetryAfter returns f with the given Retry-After header.
func (f Fault) WithRetryAfter(d time.Duration) Fault {
	f.RetryAfter = d
	return f
}

func validateFaults(path string, faults []Fault) error {
	for i, fault := range faults {
		if err := fault.validate(fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func (f Fault) validate(path string) error {
	invalid := func(field, value, want string) error {
		return &lro.InvalidError{Field: path + field, Value: value, Want: want}
	}
	switch {
	case f.effect.err != nil:
		return invalid("", f.effect.err.Error(), "an effect that can be written to a reply")
	case f.From < 0:
		return invalid(".from", fmt.Sprint(f.From), "1 or more, or 0 for the first")
	case f.To < 0 || f.To > 0 && f.To < f.From:
		return invalid(".to", fmt.Sprint(f.To), "from or more, or 0 for no last")
	case f.After < 0:
		return invalid(".after", f.After.String(), "0 or more")
	case f.Until < 0 || f.Until > 0 && f.Until <= f.After:
		return invalid(".until", f.Until.String(), "more than after, or 0 for ever")
	case f.Delay < 0:
		return invalid(".delay", f.Delay.String(), "0 or more")
	case f.RetryAfter < 0:
		return invalid(".retryAfter", f.RetryAfter.String(), "0 or more")
	default:
		return nil
	}
}

// armedFault is a Fault that counts. The Service's lock guards it.
type armedFault struct {
	Fault
	since time.Time
	seen  int
}

func arm(faults []Fault, since time.Time) []*armedFault {
	armed := make([]*armedFault, len(faults))
	for i, fault := range faults {
		armed[i] = &armedFault{Fault: fault, since: since}
	}
	return armed
}

// meets counts a call and reports whether the fault disturbs it.
func (f *armedFault) meets(call Call) bool {
	if f.Name != "" && f.Name != call.Name || len(f.Methods) > 0 && !slices.Contains(f.Methods, call.Method) {
		return false
	}
	f.seen++
	elapsed := call.Time.Sub(f.since)
	return f.seen >= f.From && (f.To == 0 || f.seen <= f.To) &&
		elapsed >= f.After && (f.Until == 0 || elapsed < f.Until)
}

// disturbance is what the faults that meet in a call do together.
type disturbance struct {
	delay      time.Duration
	retryAfter time.Duration
	effect     effect
}

// meet adds those of the faults that the call meets.
func (d *disturbance) meet(faults []*armedFault, call Call) {
	for _, fault := range faults {
		if fault.meets(call) {
			d.add(fault.Fault)
		}
	}
}

// add combines: delays add up, advice is the longest, the first reply stays.
func (d *disturbance) add(f Fault) {
	d.delay += f.Delay
	d.retryAfter = max(d.retryAfter, f.RetryAfter)
	d.effect.cut = d.effect.cut || f.effect.cut
	if d.effect.reply == nil {
		d.effect.reply, d.effect.acts = f.effect.reply, f.effect.acts
	}
}
