package poller

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Observation is what a running operation says about its end. It is small, whatever the operation's
// metadata is.
type Observation struct {
	// Progress is how far the operation is, by its metadata.
	Progress lro.Progress `json:"progress"`
	// FirstDelay is the least time that its method is known to take, 0 if that is not known.
	FirstDelay lro.Duration `json:"firstDelay,omitzero"`
}

// ObservationOf returns the observation of a running operation. It is pure: workflow code may call
// it.
func ObservationOf(op lro.Operation) Observation {
	return Observation{
		Progress:   compact(lro.ProgressOf(op.Metadata)),
		FirstDelay: lro.DurationOf(firstDelayOf(op.Metadata)),
	}
}

// firstDelay is FirstDelay, which is valid.
func (o Observation) firstDelay() time.Duration {
	d, _ := o.FirstDelay.In("")
	return d
}

// Validate reports the first invalid field as an [*lro.InvalidError]; nil is valid.
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

// compact is p in a size that fits a heartbeat.
func compact(p lro.Progress) lro.Progress {
	if p.FollowUp != "" && lro.EncodedSize(p.FollowUp) > maxFollowUp {
		p.FollowUp = ""
	}
	return p
}
