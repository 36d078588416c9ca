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
	// RunsFor is how long the operation runs on the service's clock. 0 is no time.
	RunsFor time.Duration
	// Polls is the number of reads, by Get or List, that find the operation running,
	// whatever the time. With RunsFor, both must be over. 0 is none.
	Polls int
	// HiddenFor is how long reads are answered NOT_FOUND after the start, as by a
	// service whose reads lag. 0 is no time.
	HiddenFor time.Duration
	// HiddenGets is the number of Gets that are answered NOT_FOUND first. 0 is none.
	HiddenGets int
	// Metadata returns its metadata. nil is Spanner's for the method that started the
	// operation. For [Service.Start] it is that of CreateBackup under a backup, of
	// UpdateDatabase under a database, of CreateInstance under an instance, and none
	// under another name.
	Metadata Metadata
	// EndPercent is its progress, in percent, when it ends by itself. 0 is 100. Less
	// suits a failure: of two statements, 50 commits one.
	EndPercent int
	// End is its end. The zero End is success.
	End End
	// ExpiresAfter is how long the service keeps its record after its end. Then it
	// answers NOT_FOUND. 0 keeps the record.
	ExpiresAfter time.Duration
	// OnCancel is the effect of CancelOperation. The zero Cancel honors it.
	OnCancel Cancel
	// Faults disturb the calls that name this operation. They count calls and time
	// from its start.
	Faults []Fault
}

// validate reports what no operation can do, as an [*lro.InvalidError] whose field
// starts with path.
func (s Script) validate(path string, table *startTable) error {
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
	return s.validateParts(path, table)
}

func (s Script) validateParts(path string, table *startTable) error {
	if err := s.End.validate(path + ".end"); err != nil {
		return err
	}
	if err := s.OnCancel.validate(path + ".onCancel"); err != nil {
		return err
	}
	return table.validateFaults(path+".faults", s.Faults)
}
