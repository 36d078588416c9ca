package waitlist

import (
	"fmt"
	"strings"
	"time"
)

// Duration is a duration in its two largest units, such as 1h5m, 3m20s or 12s.
func Duration(d time.Duration) string {
	d = d.Round(time.Second)
	switch days := d / (24 * time.Hour); {
	case d < 0:
		return "0s"
	case days > 0:
		return fmt.Sprintf("%dd%dh", days, d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%ds", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%ds", d/time.Second)
	}
}

// since is the duration since a time, "" for the zero time.
func since(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return Duration(now.Sub(at))
}

// clock is a time of the day, and its date if that is another day than now. It is in now's zone.
func clock(at, now time.Time, layout string) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) != now.Format(time.DateOnly) {
		layout = "Jan 2 " + layout
	}
	return at.Format(layout)
}

// Next says when a read or a try comes, "" for the zero time. If it was due, it says since when.
func Next(at, now time.Time) string {
	switch left := at.Sub(now); {
	case at.IsZero():
		return ""
	case left > 0:
		return "in " + Duration(max(left, time.Second))
	default:
		return "due since " + clock(at, now, time.TimeOnly)
	}
}

// ends is the time to an estimated end.
func ends(at, now time.Time) string {
	if left := at.Sub(now); left >= time.Second {
		return "~" + Duration(left)
	}
	return "soon"
}

func percent(n int) string { return fmt.Sprintf("%d%%", n) }

// joined joins the texts that are not empty by commas.
func joined(texts ...string) string {
	var known []string
	for _, text := range texts {
		if text != "" {
			known = append(known, text)
		}
	}
	return strings.Join(known, ", ")
}
