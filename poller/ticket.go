package poller

import "time"

// ticket is a request at the pacer: it waits in the queue of its bucket, and is under way once its
// turn has come.
type ticket struct {
	urgency
	account    account
	bucket     *bucket
	since      time.Time
	number     int // counts the tickets
	position   int
	out        chan struct{}
	granted    bool        // false if it was withdrawn or is done; read it once out is closed
	holdsPlace bool        // whether it holds one of the service's places
	aside      bool        // whether it hangs without a place
	hung       bool        // whether its last try has hung
	atServer   bool        // whether it is a server-side wait
	patience   *time.Timer // until it counts as hanging; nil for a server-side wait
}

func (t *ticket) before(other *ticket) bool { return t.urgency.before(other.urgency) }
func (t *ticket) at() *int                  { return &t.position }
