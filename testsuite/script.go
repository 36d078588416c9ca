package testsuite

import (
	"fmt"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Script says how one operation behaves. The zero Script succeeds at once and
// honors a cancel. A Script is a value: it may serve many operations at the same
// time.
type Script struct {
	// RunsFor is how long it runs on the service's clock. 0: no time.
	RunsFor time.Duration
	// Polls is how many reads, by Get or List, find it running, whatever the
	// time. With RunsFor, both must be over. 0: none.
	Polls int
	// HiddenFor is how long the service answers NOT_FOUND after the start, as
	// one does whose reads lag behind. 0: no time.
	HiddenFor time.Duration
	// HiddenGets is how many Gets are answered NOT_FOUND first. 0: none.
	HiddenGets int
	// Metadata makes its metadata. nil is Spanner's for the method that started the
	// operation. For [Service.Start] it is that of CreateBackup under a backup, of
	// UpdateDatabase under a database, of CreateInstance under an instance, and none
	// under another name.
	Metadata Metadata
	// EndPercent is the progress it stands at when it ends on its own. 0 is
	// 100. Less than 100 suits a failure: of two statements, 50 commits one.
	EndPercent int
	// End is how it ends. The zero End is success.
	End End
	// ExpiresAfter is how long its record is kept after its end; then it is
	// NOT_FOUND. 0 keeps it.
	ExpiresAfter time.Duration
	// OnCancel is what CancelOperation does. The zero Cancel honors it.
	OnCancel Cancel
	// Faults disturb the calls that name this operation. Their windows start
	// with the operation; their Name is set to the operation's.
	Faults []Fault
}

// validate reports what no operation can do, as an [*lro.InvalidError] whose field
// starts with path.
func (s Script) validate(path string) error {
	for _, n := range []struct {
		field string
		value int64
	}{
		{"runsFor", int64(s.RunsFor)}, {"polls", int64(s.Polls)}, {"hiddenFor", int64(s.HiddenFor)},
		{"hiddenGets", int64(s.HiddenGets)}, {"endPercent", int64(s.EndPercent)}, {"expiresAfter", int64(s.ExpiresAfter)},
	} {
		if n.value < 0 {
			return &lro.InvalidError{Field: path + "." + n.field, Value: fmt.Sprint(n.value), Want: "0 or more"}
		}
	}
	if s.EndPercent > 100 {
		return &lro.InvalidError{Field: path + ".endPercent", Value: fmt.Sprint(s.EndPercent), Want: "0 to 100"}
	}
	return s.validateParts(path)
}

func (s Script) validateParts(path string) error {
	if err := s.End.validate(path + ".end"); err != nil {
		return err
	}
	if err := s.OnCancel.validate(path + ".onCancel"); err != nil {
		return err
	}
	return validateFaults(path+".faults", s.Faults)
}
