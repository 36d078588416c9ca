package main

import (
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// bucket is the resolution of the share of rejected requests over time.
const bucket = 10 * time.Second

// rejections says how many requests were beyond the rate.
type rejections struct {
	Share float64 `json:"share"`
	// Settled is the share in the last two thirds of the time between the last
	// start and the last end of an operation.
	Settled float64 `json:"share_once_settled"`
	// OverTime counts by times of 10 s.
	OverTime []rejected `json:"over_time"`
}

// rejected counts the requests that arrived in 10 s.
type rejected struct {
	Second   int `json:"second"` // the first, counted from the first start
	Requests int `json:"requests"`
	Rejected int `json:"rejected"`
}

func newRejections(calls []testsuite.Call, began, allStarted, lastEnd time.Time) *rejections {
	settled := allStarted.Add(lastEnd.Sub(allStarted) / 3)
	r := &rejections{}
	var all, late rejected
	for _, call := range calls {
		over := call.Code == lro.CodeResourceExhausted
		all.count(over)
		if call.Time.After(settled) && call.Time.Before(lastEnd) {
			late.count(over)
		}
		i := int(call.Time.Sub(began) / bucket)
		for len(r.OverTime) <= i {
			r.OverTime = append(r.OverTime, rejected{Second: len(r.OverTime) * int(bucket/time.Second)})
		}
		r.OverTime[max(i, 0)].count(over)
	}
	r.Share, r.Settled = all.share(), late.share()
	return r
}

func (r *rejected) count(over bool) {
	r.Requests++
	if over {
		r.Rejected++
	}
}

func (r rejected) share() float64 { return float64(r.Rejected) / float64(max(r.Requests, 1)) }

// lastEnd is when the last of the trial's operations ended.
func (t *trial) lastEnd() time.Time {
	last := t.started
	for _, w := range t.waits {
		for _, ref := range w.refs {
			if ended, _, _ := t.service.EndTimes(ref); ended.After(last) {
				last = ended
			}
		}
	}
	return last
}
