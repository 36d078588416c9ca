package poller

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Observation is what a running operation lets expect of its end. It is small
// whatever the operation's metadata is.
type Observation struct {
	// Progress is what the metadata says of how far it is.
	Progress lro.Progress `json:"progress"`
	// FirstDelay is how long its method is known to take at least, 0 where that
	// is not known; see lro.FirstDelay.
	FirstDelay lro.Duration `json:"firstDelay,omitzero"`
}

// ObservationOf takes what counts out of a running operation. It is pure: workflow code
// may call it.
func ObservationOf(op lro.Operation) Observation {
	return Observation{
		Progress:   compact(lro.ProgressOf(op.Metadata)),
		FirstDelay: lro.DurationOf(lro.FirstDelay(op.Metadata)),
	}
}

// firstDelay is FirstDelay, which was validated.
func (o Observation) firstDelay() time.Duration {
	d, _ := o.FirstDelay.In("")
	return d
}

func (o *Observation) Validate() error {
	if o == nil {
		return nil
	}
	d, err := o.FirstDelay.In("observed.firstDelay")
	if err != nil {
		return err
	}
	return lro.ValidateDuration("observed.firstDelay", d, "none")
}

// maxFollowUp bounds the name of a follow-up operation in an Observation, in bytes of
// JSON: a heartbeat holds it.
const maxFollowUp = 1 << 10

// compact is p small enough for a heartbeat.
func compact(p lro.Progress) lro.Progress {
	if p.FollowUp != "" && lro.EncodedSize(p.FollowUp) > maxFollowUp {
		p.FollowUp = ""
	}
	return p
}
