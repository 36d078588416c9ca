package simulate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// own are awaitop's rows: for an operation with the reply to its start, as a step has it, and for a
// name alone.
func own(progress bool) []contender {
	return []contender{
		{name: "awaitop, after a start", awaitop: true, make: func(random *rand.Rand) schedule { return newOwn(random, progress, true) }},
		{name: "awaitop, by a name alone", awaitop: true, make: func(random *rand.Rand) schedule { return newOwn(random, progress, false) }},
	}
}

// began is when every operation begins.
var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// metadata are that of a running operation, by its percentage.
var metadata = func() (all [101]json.RawMessage) {
	for percent := range all {
		all[percent] = fmt.Appendf(nil, `{"progress":{"progressPercent":%d,"startTime":%q}}`, percent, began.Format(time.RFC3339))
	}
	return all
}()

// ownSchedule is awaitop's own code, with the default policy.
type ownSchedule struct {
	schedule *poller.Schedule
	progress bool
	started  bool // the start's reply was observed
	age      time.Duration
}

func newOwn(random *rand.Rand, progress, started bool) *ownSchedule {
	o := &ownSchedule{progress: progress, started: started}
	o.schedule = poller.NewSchedule(lro.PollPolicy{}, began, poller.ScheduleOptions{
		Now:    func() time.Time { return began.Add(o.age) },
		Random: random.Float64,
	})
	return o
}

func (o *ownSchedule) first() time.Duration {
	if !o.started {
		return 0
	}
	o.observe(0)
	return o.schedule.FirstBackOff()
}

func (o *ownSchedule) next(age time.Duration, percent int) time.Duration {
	o.age = age
	o.observe(percent)
	return o.schedule.NextBackOff()
}

func (o *ownSchedule) observe(percent int) {
	var op lro.Operation
	if o.progress {
		op.Metadata = metadata[percent]
	}
	o.schedule.Observe(op)
}

// delayed is awaitop's schedule with the first read at another time.
type delayed struct {
	*ownSchedule
	delay time.Duration
}

func (d delayed) first() time.Duration { return d.delay }

// firstDelays are candidates for the first read after a start.
func firstDelays() []contender {
	var all []contender
	for _, delay := range []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second} {
		all = append(all, contender{
			name: fmt.Sprintf("first read after %v", delay), awaitop: true,
			make: func(random *rand.Rand) schedule { return delayed{newOwn(random, false, true), delay} },
		})
	}
	return all
}
