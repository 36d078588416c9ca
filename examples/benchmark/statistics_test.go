package main

import "testing"

func TestStatistics(t *testing.T) {
	t.Parallel()
	hundred := make([]float64, 100) // 100 down to 1
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	rows := []struct {
		reason                         string
		values                         []float64
		mean, median, p0, p50, p99, p1 float64
		none                           bool
	}{
		{"none", nil, 0, 0, 0, 0, 0, 0, true},
		{"one is all of them", []float64{7}, 7, 7, 7, 7, 7, 7, false},
		{"the median is between two, the nearest rank is one", []float64{4, 1}, 2.5, 2.5, 1, 1, 4, 1, false},
		{"the middle of three", []float64{9, 1, 2}, 4, 2, 1, 2, 9, 1, false},
		{"99 of a hundred are at most 99", hundred, 50.5, 50.5, 1, 50, 99, 1, false},
	}
	for _, row := range rows {
		got := map[string]float64{}
		for name, of := range map[string]func([]float64) (float64, bool){
			"mean": mean, "median": median,
			"p0":  func(v []float64) (float64, bool) { return percentile(v, 0) },
			"p1":  func(v []float64) (float64, bool) { return percentile(v, 1) },
			"p50": func(v []float64) (float64, bool) { return percentile(v, 50) },
			"p99": func(v []float64) (float64, bool) { return percentile(v, 99) },
		} {
			value, ok := of(row.values)
			if ok == row.none {
				t.Errorf("%s: %s is there: %t", row.reason, name, ok)
			}
			got[name] = value
		}
		if row.none {
			continue
		}
		for name, want := range map[string]float64{"mean": row.mean, "median": row.median, "p0": row.p0, "p1": row.p1, "p50": row.p50, "p99": row.p99} {
			if got[name] != want {
				t.Errorf("%s: %s is %v, want %v", row.reason, name, got[name], want)
			}
		}
	}
	if hundred[0] != 100 {
		t.Error("the values were sorted in place")
	}
}
