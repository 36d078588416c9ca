package contractgen

import (
	"reflect"
	"slices"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// nexusOperation is an operation of the Nexus service, which the source describes at its constant.
type nexusOperation struct {
	constant, name string
	in, out        reflect.Type
	workflow       string   // its calls are workflows of this name, "" for none
	failures       []string // those that the workflow does not have
}

var (
	notAllowed    = []string{string(lro.TypeNotAllowed)}
	nexusReads    = append(slices.Clone(readErrors), notAllowed...)
	steerFailures = []string{
		string(lro.TypeInvalidInput), string(lro.TypeNotAllowed), string(lro.TypeWaitNotFound), workflows.RefusedType, nexusservice.NotTakenType,
	}
)

var nexusOperations = []nexusOperation{
	{"Await", nexusservice.Await, reflect.TypeFor[workflows.AwaitInput](), reflect.TypeFor[lro.Outcome](), workflows.AwaitOperationName, notAllowed},
	{"AwaitAll", nexusservice.AwaitAll, reflect.TypeFor[workflows.AwaitAllInput](), reflect.TypeFor[workflows.AllOutcome](), workflows.AwaitOperationsName, notAllowed},
	{"Run", nexusservice.Run, reflect.TypeFor[workflows.RunInput](), reflect.TypeFor[workflows.RunOutcome](), workflows.RunOperationName, notAllowed},
	{"Undo", nexusservice.Undo, reflect.TypeFor[workflows.UndoInput](), reflect.TypeFor[workflows.UndoOutcome](), workflows.UndoOperationName, notAllowed},
	{"Get", nexusservice.Get, reflect.TypeFor[nexusservice.GetInput](), reflect.TypeFor[lro.Operation](), "", nexusReads},
	{"List", nexusservice.List, reflect.TypeFor[nexusservice.ListInput](), reflect.TypeFor[lro.Page](), "", nexusReads},
	{"Cancel", nexusservice.Cancel, reflect.TypeFor[nexusservice.StopInput](), reflect.TypeFor[nexusservice.SteerOutput](), "", steerFailures},
	{"PollNow", nexusservice.PollNow, reflect.TypeFor[nexusservice.PollNowInput](), reflect.TypeFor[nexusservice.SteerOutput](), "", steerFailures},
	{"SetPolicy", nexusservice.SetPolicy, reflect.TypeFor[nexusservice.SetPolicyInput](), reflect.TypeFor[nexusservice.SteerOutput](), "", steerFailures},
	{"SetDeadline", nexusservice.SetDeadline, reflect.TypeFor[nexusservice.SetDeadlineInput](), reflect.TypeFor[nexusservice.SteerOutput](), "", steerFailures},
	{"Abandon", nexusservice.Abandon, reflect.TypeFor[nexusservice.StopInput](), reflect.TypeFor[nexusservice.SteerOutput](), "", steerFailures},
}

// nexusOperations are the operations of the Nexus service.
func (d *definitions) nexusOperations() (operations []operation) {
	for _, o := range nexusOperations {
		made := operation{
			name: o.name, doc: d.constantDoc("nexusservice", o.constant), in: o.in, out: o.out, user: true, usersOnly: true,
			annotations: newObject("x-awaitop-failures", slices.Concat(workflowFailures[o.workflow], o.failures)),
		}
		if canceled, ok := canceledDetails[o.workflow]; ok {
			made.annotations.set("x-awaitop-canceled", d.ref(canceled, false))
		}
		operations = append(operations, made)
	}
	return operations
}
