package lro_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func TestDurationJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		raw    string
		want   time.Duration
		back   string // "" if as raw
		bad    bool
	}{
		"seconds":        {reason: "google.protobuf.Duration", raw: `"90s"`, want: 90 * time.Second},
		"fraction":       {reason: "no zeros at the end", raw: `"1.500s"`, want: 1500 * time.Millisecond, back: `"1.5s"`},
		"nanosecond":     {reason: "nine decimals", raw: `"0.000000001s"`, want: 1},
		"tens":           {reason: "only decimals lose their zeros", raw: `"100s"`, want: 100 * time.Second},
		"zero":           {reason: "a duration like any other", raw: `"0s"`, want: 0},
		"negative":       {reason: "whether it is allowed is the field's matter", raw: `"-0.5s"`, want: -500 * time.Millisecond},
		"go":             {reason: "Go's own form is read", raw: `"1h30m"`, want: 90 * time.Minute, back: `"5400s"`},
		"longest":        {reason: "no overflow", raw: `"9223372036.854775807s"`, want: math.MaxInt64},
		"shortest":       {reason: "no overflow where its sign is taken off", raw: `"-9223372036.854775808s"`, want: math.MinInt64},
		"null":           {reason: "null is absent", raw: `null`, want: 0, back: `"0s"`},
		"number":         {reason: "of what unit?", raw: `90`, bad: true},
		"no unit":        {reason: "of what unit?", raw: `"90"`, bad: true},
		"empty":          {reason: "not a duration", raw: `""`, bad: true},
		"too long":       {reason: "over 292 years", raw: `"9223372037s"`, bad: true},
		"exponent":       {reason: "no form of a duration", raw: `"1e3s"`, bad: true},
		"not a number":   {reason: "no form of a duration", raw: `"NaNs"`, bad: true},
		"tiny":           {reason: "0 would be the default", raw: `"0.0000000001s"`, bad: true},
		"object":         {reason: "the form of other encoders", raw: `{"seconds":90}`, bad: true},
		"huge":           {reason: "the message does not grow with it", raw: `"` + strings.Repeat("9", 1<<16) + `s"`, bad: true},
		"control in it":  {reason: "the message stays one line", raw: `"1\u001b[2Js"`, bad: true},
		"line break":     {reason: "the message stays one line", raw: `"1s\n2s"`, bad: true},
		"text of a week": {reason: "Go has no unit of a day", raw: `"7d"`, bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d lro.Duration
			if err := json.Unmarshal([]byte(tt.raw), &d); err != nil {
				t.Fatalf("decoding failed: %v", err)
			}
			got, err := d.In("timeout")
			field := ""
			if tt.bad {
				field = "timeout"
			}
			checkInvalid(t, err, field)
			if got != tt.want {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
			want := tt.raw
			if tt.back != "" {
				want = tt.back
			}
			if back := compacted(t, d); back != want {
				t.Errorf("%s: written back as %s, want %s", tt.reason, back, want)
			}
		})
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{`"90s"`, `"-0.5s"`, `"1h30m"`, `"9223372036.854775807s"`, `"-9223372036.854775808s"`, `null`, `90`, `"1e3s"`, `"µs"`, `{"seconds":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return // encoding/json never hands it over
		}
		var d, back lro.Duration
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatalf("decoding %q failed: %v", raw, err)
		}
		value, err := d.In("f")
		if err != nil {
			checkInvalid(t, err, "f")
		}
		if err := json.Unmarshal([]byte(compacted(t, d)), &back); err != nil {
			t.Fatal(err)
		}
		again, backErr := back.In("f")
		if again != value || (err == nil) != (backErr == nil) {
			t.Errorf("%q is %v, %v and then %v, %v", raw, value, err, again, backErr)
		}
		if err == nil && compacted(t, lro.DurationOf(value)) != compacted(t, d) {
			t.Errorf("%q is written as %s", raw, compacted(t, d))
		}
	})
}
