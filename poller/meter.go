package poller

import "time"

// meter measures the number of events a second, over the last second or two.
type meter struct {
	since         time.Time // when the current second began
	before, count int
}

func (m *meter) add(now time.Time) {
	m.roll(now)
	m.count++
}

// roll begins a new second if the current one is over.
func (m *meter) roll(now time.Time) {
	switch passed := now.Sub(m.since); {
	case passed < time.Second:
	case passed < 2*time.Second:
		m.since, m.before, m.count = m.since.Add(time.Second), m.count, 0
	default:
		m.since, m.before, m.count = now, 0, 0
	}
}

// perSecond is the rate of the last second. The part that the current second does not cover yet
// comes from the one before.
func (m *meter) perSecond(now time.Time) float64 {
	m.roll(now)
	return float64(m.count) + float64(m.before)*(1-now.Sub(m.since).Seconds())
}
