package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// durations says how long operations run. It is a flag.Value.
type durations struct {
	text   string
	median time.Duration
	draw   func(random *rand.Rand) time.Duration
}

// parseDurations reads "60s", "45s..75s" (uniform) or "lognormal:60s,0.5" (median
// and sigma of the logarithm).
func parseDurations(text string) (durations, error) {
	if rest, found := strings.CutPrefix(text, "lognormal:"); found {
		return parseLognormal(text, rest)
	}
	first, last, found := strings.Cut(text, "..")
	if !found {
		last = first
	}
	from, err := positive(first)
	if err != nil {
		return durations{}, err
	}
	to, err := positive(last)
	if err != nil {
		return durations{}, err
	}
	if to < from {
		return durations{}, fmt.Errorf("%q ends before it begins", text)
	}
	return durations{text: text, median: from + (to-from)/2, draw: func(random *rand.Rand) time.Duration {
		return from + time.Duration(random.Int64N(int64(to-from)+1))
	}}, nil
}

func parseLognormal(text, rest string) (durations, error) {
	first, second, found := strings.Cut(rest, ",")
	if !found {
		return durations{}, fmt.Errorf("%q has no sigma; write lognormal:60s,0.5", text)
	}
	median, err := positive(first)
	if err != nil {
		return durations{}, err
	}
	sigma, err := strconv.ParseFloat(second, 64)
	if err != nil || !(sigma >= 0 && sigma <= 3) {
		return durations{}, fmt.Errorf("sigma %q is no number from 0 to 3", second)
	}
	return durations{text: text, median: median, draw: func(random *rand.Rand) time.Duration {
		return time.Duration(float64(median) * math.Exp(sigma*random.NormFloat64()))
	}}, nil
}

func positive(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no time such as 60s", text)
	}
	return d, nil
}

// sample draws n durations. The same seed gives the same.
func (d durations) sample(n int, seed uint64) []time.Duration {
	random := rand.New(rand.NewPCG(seed, 0))
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = d.draw(random)
	}
	return out
}

// String implements flag.Value.
func (d *durations) String() string { return d.text }

// Set implements flag.Value.
func (d *durations) Set(text string) (err error) {
	*d, err = parseDurations(text)
	return err
}
