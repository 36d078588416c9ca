package main

import (
	"slices"
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	rows := []struct {
		text             string
		median           time.Duration
		least, most      time.Duration // of all
		lowest, greatest time.Duration // that the sample's median may be
	}{
		{"60s", time.Minute, time.Minute, time.Minute, time.Minute, time.Minute},
		{"45s..75s", time.Minute, 45 * time.Second, 75 * time.Second, 59 * time.Second, 61 * time.Second},
		{"1ms..1ms", time.Millisecond, time.Millisecond, time.Millisecond, time.Millisecond, time.Millisecond},
		{"lognormal:60s,0", time.Minute, time.Minute, time.Minute, time.Minute, time.Minute},
		{"lognormal:60s,0.5", time.Minute, time.Second, time.Hour, 57 * time.Second, 63 * time.Second},
	}
	for _, row := range rows {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			d, err := parseDurations(row.text)
			if err != nil || d.median != row.median || d.String() != row.text {
				t.Fatalf("%+v, %v", d, err)
			}
			sample := d.sample(10_000, 1)
			if !slices.Equal(sample, d.sample(10_000, 1)) {
				t.Error("the same seed gives others")
			}
			if row.least != row.most && slices.Equal(sample, d.sample(10_000, 2)) {
				t.Error("another seed gives the same")
			}
			slices.Sort(sample)
			if sample[0] < row.least || sample[len(sample)-1] > row.most {
				t.Errorf("from %v to %v, want %v to %v", sample[0], sample[len(sample)-1], row.least, row.most)
			}
			if middle := sample[len(sample)/2]; middle < row.lowest || middle > row.greatest {
				t.Errorf("half are below %v, want %v", middle, row.median)
			}
		})
	}
}

func TestBadDurations(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "60", "0s", "-1s", "soon", "1s..", "..1s", "2s..1s", "1s..2s..3s",
		"lognormal:", "lognormal:60s", "lognormal:60s,", "lognormal:60s,-1", "lognormal:60s,NaN", "lognormal:60s,9", "lognormal:x,1", "normal:60s,1",
	} {
		if d, err := parseDurations(text); err == nil {
			t.Errorf("%q is %+v", text, d)
		}
	}
}
