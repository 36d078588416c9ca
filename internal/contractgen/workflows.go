package contractgen

import (
	"reflect"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// workflowFailures are the types of failures of workflows.
var workflowFailures = map[string][]string{
	workflows.AwaitOperationName: failureTypes(
		lro.TypeOperationFailed, lro.TypePollFailed, lro.TypeOperationCanceled, lro.TypeOperationGone, lro.TypeAwaitTimeout,
		lro.TypeProtocolError, lro.TypeResultTooLarge, lro.TypeInvalidInput,
	),
	workflows.AwaitOperationsName: failureTypes(
		lro.TypeOperationFailed, lro.TypePollFailed, lro.TypeOperationCanceled, lro.TypeOperationGone, lro.TypeAwaitTimeout,
		lro.TypeProtocolError, lro.TypeInvalidInput,
	),
	workflows.RunOperationName: failureTypes(
		lro.TypeOperationFailed, lro.TypePollFailed, lro.TypeOperationCanceled, lro.TypeOperationGone, lro.TypeAwaitTimeout,
		lro.TypeProtocolError, lro.TypeResultTooLarge, lro.TypeCompensationFailed, lro.TypeStartFailed, lro.TypeInvalidInput,
	),
	workflows.UndoOperationName: failureTypes(lro.TypeCompensationFailed, lro.TypeAwaitTimeout, lro.TypeInvalidInput),
	workflows.SweepName:         failureTypes(lro.TypePollFailed, lro.TypeInvalidInput),
}

func failureTypes(types ...lro.FailureType) (texts []string) {
	for _, t := range types {
		texts = append(texts, string(t))
	}
	return texts
}

// workflow is a registered workflow. Users write its input.
func (d *definitions) workflow(name string, function reflect.Type) operation {
	o := operationOf(name, function, true)
	o.doc, o.usersOnly = workflowDocs[name], name == workflows.AwaitOperationsName
	if o.doc == "" || workflowFailures[name] == nil {
		panic("contractgen: no notes of the workflow " + name)
	}
	o.annotations = newObject("x-awaitop-failures", workflowFailures[name])
	if canceled, ok := canceledDetails[name]; ok {
		o.annotations.set("x-awaitop-canceled", d.ref(canceled, false))
	}
	return o
}

// canceledDetails are the details of the CanceledError of workflows that a cancel can end.
var canceledDetails = map[string]reflect.Type{
	workflows.AwaitOperationName:  reflect.TypeFor[lro.Outcome](),
	workflows.AwaitOperationsName: reflect.TypeFor[workflows.AllSummary](),
	workflows.RunOperationName:    reflect.TypeFor[workflows.CanceledRun](),
	workflows.SweepName:           reflect.TypeFor[workflows.SweepReport](),
}

// workflowDocs say what workflows do.
var workflowDocs = map[string]string{
	workflows.AwaitOperationName:  "Awaits one operation until it is terminal, and cancels it if the workflow is canceled.",
	workflows.AwaitOperationsName: "Awaits many operations until they are terminal. The first failure cancels the others, by default. It has a result only if all succeed.",
	workflows.SweepName:           "Looks for orphans: operations and resources of steps whose workflow does not run any more.",
	workflows.RunOperationName:    "Starts the operation of a method, or adopts its own, awaits it, and undoes what it did if it fails or is canceled.",
	workflows.UndoOperationName:   "Undoes what an awaitop.RunOperation with the same input has done.",
}

// message is a query or an update, which the source describes at its constant.
type message struct {
	constant, name string
	in             reflect.Type // nil for none
	out            reflect.Type
	workflows      []string
}

var queries = []message{
	{"StatusQuery", workflows.StatusQuery, nil, reflect.TypeFor[workflows.WaitStatus](), []string{workflows.AwaitOperationName}},
	{"RunQuery", workflows.RunQuery, nil, reflect.TypeFor[workflows.RunStatus](), []string{workflows.RunOperationName, workflows.UndoOperationName}},
	{"SweepQuery", workflows.SweepQuery, nil, reflect.TypeFor[workflows.SweepReport](), []string{workflows.SweepName}},
}

var updates = []message{
	{"UndoUpdate", workflows.UndoUpdate, reflect.TypeFor[workflows.StopInput](), reflect.TypeFor[workflows.UndoOutcome](), []string{workflows.RunOperationName}},
	{"PollNowUpdate", workflows.PollNowUpdate, nil, reflect.TypeFor[workflows.WaitStatus](), []string{workflows.AwaitOperationName}},
	{"SetPolicyUpdate", workflows.SetPolicyUpdate, reflect.TypeFor[workflows.SetPolicyInput](), reflect.TypeFor[workflows.WaitStatus](), []string{workflows.AwaitOperationName}},
	{"SetDeadlineUpdate", workflows.SetDeadlineUpdate, reflect.TypeFor[workflows.SetDeadlineInput](), reflect.TypeFor[workflows.WaitStatus](), []string{workflows.AwaitOperationName}},
	{"CancelUpdate", workflows.CancelUpdate, reflect.TypeFor[workflows.StopInput](), reflect.TypeFor[workflows.WaitStatus](), []string{workflows.AwaitOperationName}},
	{"AbandonUpdate", workflows.AbandonUpdate, reflect.TypeFor[workflows.StopInput](), reflect.TypeFor[workflows.WaitStatus](), []string{workflows.AwaitOperationName}},
}

// messages are queries or updates as operations.
func (d *definitions) messages(of []message) (operations []operation) {
	for _, m := range of {
		operations = append(operations, operation{
			name: m.name, doc: d.constantDoc("workflows", m.constant), in: m.in, out: m.out, user: true,
			annotations: newObject("x-awaitop-workflows", m.workflows),
		})
	}
	return operations
}

// constantDoc is the comment of a constant, without its name at the beginning.
func (d *definitions) constantDoc(pkg, name string) string {
	for _, c := range d.pkg(library + pkg).Constants {
		if c.Name == name && c.Doc != "" {
			return d.wording.constant(name, c.Doc)
		}
	}
	panic("contractgen: no comment of the constant " + name)
}
