package contractgen

import (
	"reflect"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// nexusOperation is an operation of the Nexus service, which the source describes at its constant.
type nexusOperation struct {
	constant, name string
	in, out        reflect.Type
}

var nexusOperations = []nexusOperation{
	{"Await", nexusservice.Await, reflect.TypeFor[workflows.AwaitInput](), reflect.TypeFor[lro.Outcome]()},
	{"AwaitAll", nexusservice.AwaitAll, reflect.TypeFor[workflows.AwaitAllInput](), reflect.TypeFor[workflows.AllOutcome]()},
	{"Run", nexusservice.Run, reflect.TypeFor[workflows.RunInput](), reflect.TypeFor[workflows.RunOutcome]()},
	{"Undo", nexusservice.Undo, reflect.TypeFor[workflows.UndoInput](), reflect.TypeFor[workflows.UndoOutcome]()},
	{"Get", nexusservice.Get, reflect.TypeFor[nexusservice.GetInput](), reflect.TypeFor[lro.Operation]()},
	{"List", nexusservice.List, reflect.TypeFor[nexusservice.ListInput](), reflect.TypeFor[lro.Page]()},
	{"Cancel", nexusservice.Cancel, reflect.TypeFor[nexusservice.StopInput](), reflect.TypeFor[nexusservice.SteerOutput]()},
	{"PollNow", nexusservice.PollNow, reflect.TypeFor[nexusservice.PollNowInput](), reflect.TypeFor[nexusservice.SteerOutput]()},
	{"SetPolicy", nexusservice.SetPolicy, reflect.TypeFor[nexusservice.SetPolicyInput](), reflect.TypeFor[nexusservice.SteerOutput]()},
	{"SetDeadline", nexusservice.SetDeadline, reflect.TypeFor[nexusservice.SetDeadlineInput](), reflect.TypeFor[nexusservice.SteerOutput]()},
	{"Abandon", nexusservice.Abandon, reflect.TypeFor[nexusservice.StopInput](), reflect.TypeFor[nexusservice.SteerOutput]()},
}

// nexusOperations are the operations of the Nexus service.
func (d *definitions) nexusOperations() (operations []operation) {
	for _, o := range nexusOperations {
		operations = append(operations, operation{
			name: o.name, doc: d.constantDoc("nexusservice", o.constant), in: o.in, out: o.out, user: true, usersOnly: true,
		})
	}
	return operations
}
