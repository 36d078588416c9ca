package waitlist

import "cmp"

// Tone says how much a row wants a person's attention. Rows are listed in the order of their tones.
type Tone int

// The tones.
const (
	// Stuck: an undo that fails. Something is left that costs money.
	Stuck Tone = iota
	// Trouble: a read that fails, a worker that is missing, a workflow that has just failed.
	Trouble
	// Busy: a cancel or an undo under way.
	Busy
	// Running: a wait as it should be.
	Running
	// Failed: a workflow that failed some time ago.
	Failed
	// Ended: a workflow that ended otherwise.
	Ended
)

// Row is one line of the list: a wait, an undo, or a workflow. An empty text is not known.
type Row struct {
	// WorkflowID is the workflow to describe or to steer. Group is the workflow that the row is listed under.
	WorkflowID, Group string
	// Inner says that the row is below that of its Group.
	Inner bool
	// Service and Path are the full resource name of an operation, a collection or a resource. Service is "" for the
	// service of the others.
	Service, Path string
	// Label is the name of a row without a Path. Note follows the name.
	Label, Note string
	Tone        Tone
	// Closed says that the workflow has ended.
	Closed bool
	// State says what happens, in a word or two.
	State string
	// Percent is the progress as it was read, if Measured. Estimate is what it may be by now, 0 for no estimate. Count is
	// the progress in words, such as "3 of 10".
	Percent, Estimate int
	Measured          bool
	Count             string
	// Ends, Next and Age are times from now: to the estimated end, to the next read, from the start.
	Ends, Next, Age string
	// Trouble says what is wrong. Times are how long it has been, when the next try comes, and when the last.
	Trouble, Times string
}

// Troubled reports whether the row is listed before those that are as they should be.
func (r Row) Troubled() bool { return r.Tone <= Trouble }

// Name is the full name of the row.
func (r Row) Name() string {
	switch {
	case r.Path == "":
		return r.Label + r.Note
	case r.Service == "":
		return r.Path + r.Note
	default:
		return "//" + r.Service + "/" + r.Path + r.Note
	}
}

// Reason is the trouble and its times, "" for none.
func (r Row) Reason() string {
	if r.Trouble == "" || r.Times == "" {
		return r.Trouble
	}
	return r.Trouble + ", " + r.Times
}

// Key tells the row from others, at all times.
func (r Row) Key() string { return r.Group + "\n" + r.WorkflowID + "\n" + r.Name() }

// News is what of a row is worth a line when it changes: all but the times, which change by themselves.
func (r Row) News() string { return r.State + "\n" + r.Progress() + "\n" + r.Trouble }

// Progress is the progress in words, "" if it is not known.
func (r Row) Progress() string {
	if r.Measured {
		return cmp.Or(r.Count, percent(r.Percent))
	}
	return r.Count
}
