package testsuite

import (
	"fmt"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Fault disturbs some calls: which ones, when, and how. Make one by its name
// ([LostReply], [Unavailable], [PermissionDenied], ...) and narrow it:
//
//	testsuite.LostReply().On("CreateDatabase").Times(1)
//	testsuite.Unavailable().On(testsuite.MethodGet).Calls(3, 5)
//	testsuite.PermissionDenied().During(0, 10*time.Minute)
//
// Several faults may meet in one call: their delays add up, the longest
// Retry-After is sent, and the first that replaces the reply does. A Fault is a
// value; its methods return changed copies. The zero Fault changes nothing.
type Fault struct {
	methods      []Method // none for all
	name         string   // "" for all
	first, last  int      // of the calls that match; 0 for last is none
	after, until time.Duration
	delay        time.Duration
	retryAfter   time.Duration
	effect       effect
}

// effect is the effect of a fault on the reply.
type effect struct {
	reply *reply // in place of the service's; nil leaves it
	acts  bool   // whether the service acts all the same
	cut   bool   // cuts the service's own reply off
	early bool   // answers a wait at once
	err   error  // why it cannot be used; adding the fault says so
}

// On returns f for the given methods only.
func (f Fault) On(methods ...Method) Fault {
	f.methods = slices.Clone(methods)
	return f
}

// For returns f for calls that name the given resource, operation or collection
// only, such as "projects/p/instances/i/databases/orders".
func (f Fault) For(name string) Fault {
	f.name = name
	return f
}

// Times returns f for the first n calls that match: Calls(1, n).
func (f Fault) Times(n int) Fault { return f.Calls(1, n) }

// Calls returns f for the calls numbered first to last, both included. It counts
// the calls that match On and For, from 1. 0 for last is no last one.
func (f Fault) Calls(first, last int) Fault {
	f.first, f.last = first, last
	return f
}

// During returns f for the time from after until until, until not included. It
// counts from the start of the service, of AddFaults, or of the operation whose
// [Script] has the fault. 0 for until is for ever.
func (f Fault) During(after, until time.Duration) Fault {
	f.after, f.until = after, until
	return f
}

// WithRetryAfter returns f with a Retry-After header, in whole seconds, rounded
// up. In memory only an error has it.
func (f Fault) WithRetryAfter(d time.Duration) Fault {
	f.retryAfter = d
	return f
}

// validateFaults checks faults of a service with these start methods.
func (t *startTable) validateFaults(path string, faults []Fault) error {
	for i, fault := range faults {
		if err := fault.validate(fmt.Sprintf("%s[%d]", path, i), t); err != nil {
			return err
		}
	}
	return nil
}

func (f Fault) validate(path string, table *startTable) error {
	invalid := func(field, value, want string) error {
		return &lro.InvalidError{Field: path + field, Value: value, Want: want}
	}
	switch {
	case f.effect.err != nil:
		return invalid("", f.effect.err.Error(), "an effect that can be written to a reply")
	case table.unknownMethod(f.methods) != "":
		return invalid(".on", string(table.unknownMethod(f.methods)), wantMethod)
	case f.first < 0:
		return invalid(".first", fmt.Sprint(f.first), "1 or more, or 0 for the first")
	case f.last < 0 || f.last > 0 && f.last < f.first:
		return invalid(".last", fmt.Sprint(f.last), "first or more, or 0 for no last")
	case f.after < 0:
		return invalid(".after", f.after.String(), "0 or more")
	case f.until < 0 || f.until > 0 && f.until <= f.after:
		return invalid(".until", f.until.String(), "more than after, or 0 for ever")
	case f.delay < 0:
		return invalid(".delay", f.delay.String(), "0 or more")
	case f.retryAfter < 0:
		return invalid(".retryAfter", f.retryAfter.String(), "0 or more")
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
	if f.name != "" && f.name != call.Name || len(f.methods) > 0 && !slices.Contains(f.methods, call.Method) {
		return false
	}
	f.seen++
	elapsed := call.Time.Sub(f.since)
	return f.seen >= f.first && (f.last == 0 || f.seen <= f.last) &&
		elapsed >= f.after && (f.until == 0 || elapsed < f.until)
}

// disturbance is the joint effect of the faults that meet in a call.
type disturbance struct {
	delay      time.Duration
	retryAfter time.Duration
	effect     effect
}

// meet adds the faults that the call meets.
func (d *disturbance) meet(faults []*armedFault, call Call) {
	for _, fault := range faults {
		if fault.meets(call) {
			d.add(fault.Fault)
		}
	}
}

// add adds a fault: delays add up, the longest advice counts, the first reply stays.
func (d *disturbance) add(f Fault) {
	d.delay += f.delay
	d.retryAfter = max(d.retryAfter, f.retryAfter)
	d.effect.cut = d.effect.cut || f.effect.cut
	d.effect.early = d.effect.early || f.effect.early
	if d.effect.reply == nil {
		d.effect.reply, d.effect.acts = f.effect.reply, f.effect.acts
	}
}
