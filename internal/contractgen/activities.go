package contractgen

import (
	"reflect"
	"strings"

	"github.com/awaitop/awaitop/activities"
	acts "github.com/awaitop/awaitop/activities/google"
	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

const library = "github.com/awaitop/awaitop/"

// activityNotes are what reflection does not tell of an activity.
type activityNotes struct {
	doc        string         // a method, "package Type.Method", or a text
	heartbeats []reflect.Type // empty for none, or for heartbeats without details
	failures   []string       // types of ApplicationErrors, without codes
}

var (
	beats      = []reflect.Type{reflect.TypeFor[activities.Heartbeat]()}
	undoBeats  = []reflect.Type{reflect.TypeFor[undos.Heartbeat]()}
	startBeats = []reflect.Type{reflect.TypeFor[starters.Known](), reflect.TypeFor[undos.Heartbeat]()}
	readErrors = []string{string(lro.TypePollFailed), string(lro.TypeProtocolError), string(lro.TypeInvalidInput)}
	pollErrors = []string{activities.YieldType, string(lro.TypePollFailed), string(lro.TypeOperationGone), string(lro.TypeProtocolError), string(lro.TypeInvalidInput)}
	startFails = []string{string(lro.TypeStartFailed), string(lro.TypeInvalidInput)}
)

// notesOf are the notes of the activities by their names.
var notesOf = map[string]activityNotes{
	activities.GetOperationName:     {"activities Activities.GetOperation", undoBeats, readErrors},
	activities.CancelOperationName:  {"activities Activities.CancelOperation", beats, []string{activities.CancelFailedType, string(lro.TypeInvalidInput)}},
	activities.DeleteOperationName:  {"activities Activities.DeleteOperation", nil, []string{activities.DeleteFailedType, string(lro.TypeInvalidInput)}},
	activities.ListOperationsName:   {"activities Activities.ListOperations", nil, readErrors},
	activities.PollOperationName:    {"activities Activities.PollOperation", beats, pollErrors},
	activities.PollOperationsName:   {"activities Activities.pollSet", []reflect.Type{reflect.TypeFor[sets.PollHeartbeat]()}, pollErrors},
	activities.CancelOperationsName: {"activities Activities.cancelSet", []reflect.Type{reflect.TypeFor[sets.CancelHeartbeat]()}, []string{string(lro.TypeInvalidInput)}},
	activities.ReadOperationsName:   {"activities Activities.readSet", nil, readErrors},
	orphans.FindMarkedName:          {"activities/sweep Activities.FindMarked", nil, []string{string(lro.TypeInvalidInput)}},
	orphans.FindOwnersName:          {"activities/sweep Activities.FindOwners", nil, []string{string(lro.TypeInvalidInput)}},
	orphans.FindLeftName:            {"activities/sweep Activities.FindLeft", nil, []string{string(lro.TypeInvalidInput)}},
	names.Start:                     {"activities/google Activities.Start", startBeats, startFails},
	names.Delete:                    {"activities/google Activities.Delete", undoBeats, []string{starters.RemoveFailedType, string(lro.TypeInvalidInput)}},
	names.Check:                     {"activities/google Activities.Check", nil, []string{starters.ReadFailedType, string(lro.TypeInvalidInput)}},
	names.Get:                       {"activities/google Activities.Get", nil, []string{starters.ReadFailedType, string(lro.TypeInvalidInput)}},
}

// notesByOutput are the notes of the activities for one service, by what they return.
var notesByOutput = map[reflect.Type]activityNotes{
	reflect.TypeFor[starters.StartOutput]():    {"Starts the method's operation, or adopts the one that was started for the same key.", startBeats, startFails},
	reflect.TypeFor[starters.RemoveOutput]():   {"Deletes the resource that a step has made, if it is the step's own.", undoBeats, []string{starters.RemoveFailedType, string(lro.TypeInvalidInput)}},
	reflect.TypeFor[starters.ResourceOutput](): {"Reads the resource.", nil, []string{starters.ReadFailedType, string(lro.TypeInvalidInput)}},
}

// activity is a registered activity with its notes.
func (d *definitions) activity(name string, function reflect.Type) operation {
	o := operationOf(name, function, false)
	notes, ok := notesOf[name]
	if !ok {
		if notes, ok = notesByOutput[o.out]; !ok {
			panic("contractgen: no notes of the activity " + name)
		}
	}
	o.doc = notes.doc
	if pkg, method, ok := strings.Cut(notes.doc, " Activities."); ok {
		_, text, _ := strings.Cut(d.pkg(library + pkg).Functions["Activities."+method], " ")
		o.doc = upperFirst(d.wording.text(strings.TrimPrefix(sentence(text), "is "), nil))
	}
	o.annotations = newObject("x-awaitop-failures", notes.failures, "x-awaitop-heartbeats", d.refs(notes.heartbeats))
	if name == names.Start {
		o.annotations.set("x-awaitop-request", d.ref(reflect.TypeFor[acts.Request](), true))
	}
	return o
}

func (d *definitions) refs(types []reflect.Type) (refs []any) {
	for _, t := range types {
		refs = append(refs, d.ref(t, false))
	}
	return refs
}
