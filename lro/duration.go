package lro

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// MaxDuration is the longest duration accepted, ten years. The longest time.Duration (292 years)
// would overflow if it were added to a time or to a timeout of Temporal's.
const MaxDuration = 10 * 365 * 24 * time.Hour

// maxDurationText is MaxDuration as it may be written.
const maxDurationText = "87600h"

// ValidateDuration reports a negative duration, or one over [MaxDuration], as an [*InvalidError]
// for the given field. zero is the meaning of 0 there, for the message.
func ValidateDuration(field string, d time.Duration, zero string) error {
	if d >= 0 && d <= MaxDuration {
		return nil
	}
	return &InvalidError{Field: field, Value: d.String(), Want: fmt.Sprintf("a duration of 0 (%s) or more, at most %s", zero, maxDurationText)}
}

// Duration is the JSON form of a time.Duration in awaitop's payloads: seconds with up to nine
// decimals and the suffix s, as google.protobuf.Duration has it ("1.5s"). Go's own form ("1h30m")
// is read, too, and null as 0. Decoding never fails, so that the struct around it can name the
// wrong field: see [Duration.In].
type Duration struct {
	value   time.Duration
	invalid string
}

// DurationOf returns the JSON form of d.
func DurationOf(d time.Duration) Duration { return Duration{value: d} }

// In returns the duration, or an [*InvalidError] for the given field.
func (d Duration) In(field string) (time.Duration, error) {
	if d.invalid != "" {
		return 0, &InvalidError{Field: field, Value: valueText(json.RawMessage(d.invalid)), Want: `a duration such as "90s", "0.5s" or "1m30s"`}
	}
	return d.value, nil
}

// MarshalJSON writes seconds. A text that is not a duration is written as it came. Otherwise the
// next reader would take it for the default.
func (d Duration) MarshalJSON() ([]byte, error) {
	if d.invalid != "" {
		return []byte(d.invalid), nil
	}
	sign, whole, rest := "", d.value/time.Second, d.value%time.Second
	if d.value < 0 {
		sign, whole, rest = "-", -whole, -rest
	}
	text := fmt.Sprintf("%s%d.%09d", sign, whole, rest)
	return json.Marshal(strings.TrimRight(strings.TrimRight(text, "0"), ".") + "s")
}

// UnmarshalJSON reads the text form, and keeps a text that is not a duration.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	if absentIfNull(raw) == nil {
		*d = Duration{}
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		*d = Duration{invalid: string(raw)}
		return nil
	}
	value, err := time.ParseDuration(text)
	if err != nil || value == 0 && strings.ContainsAny(text, "123456789") { // under a nanosecond, it would be the default
		*d = Duration{invalid: string(raw)}
		return nil
	}
	*d = Duration{value: value}
	return nil
}
