package testsuite

import (
	"encoding/json"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// operation is one scripted operation. Each look at it computes its state from the
// clock and the number of reads; no goroutine runs in between. The Service's lock
// guards it.
type operation struct {
	name      string
	order     int
	method    Method // that started it; "" for Service.Start
	target    string // of the method
	script    Script
	faults    []*armedFault
	metadata  Metadata
	response  func() json.RawMessage // of a success whose End is the zero End
	onSuccess func(at time.Time)

	startTime  time.Time
	cancelTime time.Time // when a cancel was accepted
	effectTime time.Time // when that cancel takes effect
	endTime    time.Time
	shownTime  time.Time // when a reply first showed the end
	end        End
	ended      bool
	deleted    bool
	gets       int // all, also those that were answered NOT_FOUND
	reads      int // by Get, List and Wait, that found it running
	sleepers   map[*sleeper]bool
}

// settle ends the operation if its time has come. read says that a read, which
// reads counts already, looks at it.
func (o *operation) settle(now time.Time, read bool) {
	if o.ended {
		return
	}
	canceled := !o.effectTime.IsZero() && !now.Before(o.effectTime)
	at, over := o.ownEnd(now, read)
	switch {
	case canceled && (!over || !o.effectTime.After(at)):
		o.finish(o.effectTime, o.script.OnCancel.endFor(o.script))
	case over:
		o.finish(at, o.script.End)
	}
}

// read counts a Get or List that found the operation running.
func (o *operation) read(now time.Time) {
	if !o.ended {
		o.reads++
	}
	o.settle(now, true)
}

// ownEnd reports whether the operation is over without a cancel, and since when. With
// Polls it ends at the first read beyond them, not after the last of them: a cancel
// between the two finds it running.
func (o *operation) ownEnd(now time.Time, read bool) (time.Time, bool) {
	end := o.startTime.Add(o.script.RunsFor)
	switch {
	case o.script.End.kind == endNever || now.Before(end):
		return time.Time{}, false
	case o.script.Polls > 0:
		return now, read && o.reads > o.script.Polls
	default:
		return end, true
	}
}

func (o *operation) finish(at time.Time, end End) {
	o.ended, o.endTime, o.end = true, at, end
	if end.succeeds() && o.onSuccess != nil {
		o.onSuccess(at)
	}
	if end.kind == endDefault { // later changes of the resource do not show in it
		o.end.response = o.response()
	}
}

// cancel does what the script says to an accepted or refused cancel.
func (o *operation) cancel(now time.Time) *lro.Status {
	o.settle(now, false)
	cancel := o.script.OnCancel
	switch {
	case cancel.refusal != nil:
		return cancel.refusal
	case o.ended || !o.cancelTime.IsZero():
		return nil
	}
	o.cancelTime = now
	if !cancel.ignored {
		o.effectTime = now.Add(cancel.after)
	}
	o.settle(now, false)
	return nil
}

// visible reports whether a read finds the operation.
func (o *operation) visible(now time.Time) bool {
	return !o.hidden(now) && !o.forgotten(now)
}

func (o *operation) hidden(now time.Time) bool {
	return now.Before(o.startTime.Add(o.script.HiddenFor)) || o.gets <= o.script.HiddenGets && o.script.HiddenGets > 0
}

func (o *operation) forgotten(now time.Time) bool {
	o.settle(now, false)
	expired := o.ended && o.script.ExpiresAfter > 0 && !now.Before(o.endTime.Add(o.script.ExpiresAfter))
	return o.deleted || expired || o.ended && o.end.kind == endGone
}

// running reports whether the operation has not ended. One that vanished has ended.
func (o *operation) running(now time.Time) bool {
	o.settle(now, false)
	return !o.ended
}

// succeeded reports whether the operation has ended without an error.
func (o *operation) succeeded(now time.Time) bool {
	o.settle(now, false)
	return o.ended && o.end.succeeds()
}

// snapshot is the state at the given time.
func (o *operation) snapshot(now time.Time) Snapshot {
	s := Snapshot{
		Name: o.name, StartTime: o.startTime, Now: now, EndTime: o.endTime, CancelTime: o.cancelTime,
		Succeeded: o.ended && o.end.succeeds(),
	}
	if o.ended && o.endTime.Before(now) {
		s.Now = o.endTime
	}
	s.Fraction = o.fraction(s.Now)
	return s
}

// fraction is the part of the work that is done at the given time: the lesser of the
// part of RunsFor and the part of Polls.
func (o *operation) fraction(at time.Time) float64 {
	part, last := 1.0, 1.0
	if o.script.EndPercent > 0 {
		last = float64(o.script.EndPercent) / 100
	}
	if o.script.RunsFor > 0 {
		part = min(part, float64(at.Sub(o.startTime))/float64(o.script.RunsFor))
	}
	if o.script.Polls > 0 {
		part = min(part, float64(o.reads)/float64(o.script.Polls+1))
	}
	if o.script.RunsFor == 0 && o.script.Polls == 0 && o.script.End.kind == endNever {
		part = 0
	}
	switch {
	case o.ended && o.end.succeeds():
		return 1
	case !o.ended:
		part = min(part, 0.99)
	}
	return part * last
}

// json is the operation as a read at the given time finds it.
func (o *operation) json(now time.Time) json.RawMessage {
	op := lro.Operation{Name: o.name, Done: o.ended, Metadata: o.metadata(o.snapshot(now))}
	if o.ended {
		op.Error, op.Response = o.end.status, o.end.response
	}
	body, err := json.Marshal(op)
	if err != nil { // the script's Metadata returned no JSON
		return object(map[string]any{"name": o.name, "done": o.ended})
	}
	return body
}
