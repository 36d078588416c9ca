package contractgen

import (
	"reflect"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// failures are the types of ApplicationErrors whose one detail is a Failure.
func (d *definitions) failures() *object {
	out := newObject()
	details := []any{d.ref(reflect.TypeFor[lro.Failure](), false)}
	for _, c := range d.pkg(library + "lro").Constants {
		if c.Type != "FailureType" {
			continue
		}
		out.set(c.Value, newObject(
			"type", wireType(lro.FailureType(c.Value)), "description", d.constantDoc("lro", c.Name), "details", details,
		))
	}
	return out
}

// wireType is a failure's type as ApplicationErrors have it, with CODE for a code.
func wireType(t lro.FailureType) string {
	return strings.Replace(lro.Failure{Type: t}.ErrorType(), lro.CodeUnknown.String(), "CODE", 1)
}

// errorTypes are the types of ApplicationErrors of single activities and updates.
func (d *definitions) errorTypes() *object {
	status := d.ref(reflect.TypeFor[lro.Status](), false)
	sent := newObject("type", "string", "x-awaitop-values", append([]string{""}, sentTexts()...))
	entry := func(name string, details []any, doc string) *object {
		if len(details) > 0 {
			name += ".CODE"
		}
		return newObject("type", name, "description", doc, "details", details)
	}
	return newObject(
		activities.CancelFailedType, entry(activities.CancelFailedType, []any{status, sent}, "A cancel was not delivered yet, and is tried again. Details: the service's answer, and how far the cancels have come."),
		activities.DeleteFailedType, entry(activities.DeleteFailedType, []any{status}, "A delete of an operation's record has failed, and is tried again."),
		starters.ReadFailedType, entry(starters.ReadFailedType, []any{status}, "A resource could not be read, or a start could not be checked."),
		starters.RemoveFailedType, entry(starters.RemoveFailedType, []any{status}, "A resource was not deleted."),
		activities.YieldType, entry(activities.YieldType, nil, "No failure: a poll gives its wait to the Temporal server until the next read."),
		nexusservice.NotTakenType, entry(nexusservice.NotTakenType, nil, "No worker has taken the update of a Nexus operation in time. It may yet be taken."),
		workflows.RefusedType, entry(workflows.RefusedType, nil, "A valid update came too late: the wait has ended, or is being canceled."),
	)
}

// codes are the codes of google.rpc, by name.
func codes() *object {
	out := newObject()
	for number := range int32(len(code.Code_name)) {
		out.set(code.Code_name[number], int(number))
	}
	return out
}
