package workflows

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

const (
	// DefaultMaxFindings is [SweepInput]'s MaxFindings if that is 0.
	DefaultMaxFindings = 100
	// maxMaxFindings is the most that MaxFindings can be.
	maxMaxFindings = 1000
	// DefaultLookBack is [SweepInput]'s LookBack if that is 0.
	DefaultLookBack = 24 * time.Hour
	// maxParents is how many parents a sweep takes.
	maxParents = 1000
)

// SweepInput is the input of the workflow [Sweep]. In JSON the policy stands beside the parents:
//
//	{"parents": ["//spanner.googleapis.com/projects/p"], "action": "cancel", "minAge": "30m"}
type SweepInput struct {
	// Parents are the full names of the resources below which to look, such as
	// "//spanner.googleapis.com/projects/p" or "//alloydb.googleapis.com/projects/p/locations/l": those
	// that have operations, or resources with labels, directly below them. Required.
	Parents []string `json:"parents"`
	orphans.Policy
	// MaxFindings is how many findings the report has of each kind, 0 for [DefaultMaxFindings], 1,000 at
	// most. The others are counted, and acted on.
	MaxFindings int `json:"maxFindings,omitempty"`
	// LookBack is how long ago a wait may have been terminated, or have timed out, for the sweep to look at what it
	// has left: an operation below the parents that the wait was to cancel, that still runs, and that nothing else is
	// known to await. Such an operation bears no key, because its caller started it by other means. 0 for
	// [DefaultLookBack]. Within the policy's MinAge it is reported only. A namespace forgets a closed workflow after
	// its retention.
	LookBack lro.Duration `json:"lookBack,omitzero"`
	// Resume is nil for a new sweep.
	Resume *SweepResume `json:"resume,omitempty" awaitop:"internal"`

	invalid error
}

// SweepResume carries a sweep on in the next run of its workflow. Sweep sets it when it continues as new.
type SweepResume struct {
	// Places are where to look next.
	Places []orphans.Place `json:"places"`
	// Report is the report so far. Looks counts the activities that have looked for it.
	Report SweepReport `json:"report"`
	Looks  int         `json:"looks"`
	// Left are the waits that have left operations.
	Left []orphans.LeftWait `json:"left,omitempty"`
}

// UnmarshalJSON never fails: the workflow fails for an invalid raw, with a typed failure that names the
// field. Fields that this release does not have are refused. Beside a resume they are ignored, because a
// worker of another release wrote them.
func (in *SweepInput) UnmarshalJSON(raw []byte) error {
	type plain SweepInput
	var read plain
	err := lro.DecodeStrict("", raw, &read)
	if err != nil && read.Resume != nil {
		_, err = lro.DecodeLenient("", raw, &read)
	}
	*in = SweepInput(read)
	in.invalid = err
	return nil
}

// ValidateSweep reports why [Sweep] would refuse an input, as the same lro.TypeInvalidInput failure. It
// sends nothing, so a command can tell a person at once.
func ValidateSweep(in SweepInput) error {
	if err := in.validate(); err != nil {
		return sweepFailure(err)
	}
	return nil
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (in SweepInput) validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
	case in.Resume != nil:
		return nil
	case len(in.Parents) == 0 || len(in.Parents) > maxParents:
		return &lro.InvalidError{Field: "parents", Value: strconv.Itoa(len(in.Parents)), Want: "1 to " + strconv.Itoa(maxParents) + " resources, such as //spanner.googleapis.com/projects/p"}
	case in.MaxFindings < 0 || in.MaxFindings > maxMaxFindings:
		return &lro.InvalidError{Field: "maxFindings", Value: strconv.Itoa(in.MaxFindings), Want: "0 (" + strconv.Itoa(DefaultMaxFindings) + ") to " + strconv.Itoa(maxMaxFindings)}
	}
	for i, parent := range in.Parents {
		if _, err := placeOf(fmt.Sprintf("parents[%d]", i), parent); err != nil {
			return err
		}
	}
	if err := in.validateLookBack(); err != nil {
		return err
	}
	return in.Validate()
}

func (in SweepInput) validateLookBack() error {
	back, err := in.LookBack.In("lookBack")
	if err != nil {
		return err
	}
	return lro.ValidateDuration("lookBack", back, DefaultLookBack.String())
}

// lookBack is LookBack with its default.
func (in SweepInput) lookBack() time.Duration {
	back, _ := in.LookBack.In("") // validated
	return cmp.Or(back, DefaultLookBack)
}

// placeOf reads the full name of a parent, which is in a field.
func placeOf(field, parent string) (orphans.Place, error) {
	rest, full := strings.CutPrefix(parent, "//")
	service, name, named := strings.Cut(rest, "/")
	if !full || !named {
		return orphans.Place{}, &lro.InvalidError{Field: field, Value: parent, Want: "a full resource name, such as //spanner.googleapis.com/projects/p"}
	}
	if err := lro.ValidateService(service); err != nil {
		return orphans.Place{}, lro.InField(err, "ref.service", field)
	}
	return orphans.Place{Kind: orphans.Parent, Service: service, Name: name}, lro.ValidateParent(field, name)
}

// parents are the parents as places to look at.
func (in SweepInput) parents() []orphans.Place {
	var all []orphans.Place
	for _, parent := range in.Parents {
		place, _ := placeOf("", parent) // validated
		all = append(all, place)
	}
	return all
}

func (in SweepInput) maxFindings() int { return cmp.Or(in.MaxFindings, DefaultMaxFindings) }
