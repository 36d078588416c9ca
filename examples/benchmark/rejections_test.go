package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// All are started after 10 s and the last ends after 40 s, so that it has
// settled after 20 s.
func TestRejections(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(second int, code lro.Code) testsuite.Call {
		return testsuite.Call{Time: began.Add(time.Duration(second) * time.Second), Code: code}
	}
	got := newRejections([]testsuite.Call{
		at(1, lro.CodeOK), at(2, lro.CodeResourceExhausted), at(3, lro.CodeUnavailable),
		at(22, lro.CodeResourceExhausted), at(25, lro.CodeOK), at(29, lro.CodeOK), at(39, lro.CodeOK), at(41, lro.CodeResourceExhausted),
	}, began, began.Add(10*time.Second), began.Add(40*time.Second))
	want := &rejections{Share: 3.0 / 8, Settled: 1.0 / 4, OverTime: []rejected{
		{Second: 0, Requests: 3, Rejected: 1}, {Second: 10}, {Second: 20, Requests: 3, Rejected: 1},
		{Second: 30, Requests: 1}, {Second: 40, Requests: 1, Rejected: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := newRejections(nil, began, began, began); got.Share != 0 || got.Settled != 0 {
		t.Errorf("without calls: %+v", got)
	}
}
