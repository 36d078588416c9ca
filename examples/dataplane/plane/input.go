package plane

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Name is the workflow's registered name.
const Name = "dataplane"

// Input says what to provision.
type Input struct {
	// Project is such as "projects/p", Location a region in it.
	Project  string `json:"project"`
	Location string `json:"location"`
	// Network has the project's number, as Service Networking wants it: "projects/123/global/networks/n".
	Network string `json:"network"`
	// ID is the id of each resource.
	ID string `json:"id"`
	// Pace says how to wait.
	Pace Pace `json:"pace"`
}

// Pace is how patient the steps are. The zero value has awaitop's defaults.
type Pace struct {
	Policy         lro.PollPolicy `json:"policy"`
	Heartbeat      time.Duration  `json:"heartbeat"`
	AttemptTimeout time.Duration  `json:"attemptTimeout"`
	Quarantine     time.Duration  `json:"quarantine"`
	NotFoundGrace  time.Duration  `json:"notFoundGrace"`
	UndoWindow     time.Duration  `json:"undoWindow"`
}

// Summary is what was provisioned.
type Summary struct {
	Range    Address          `json:"range"`
	Cluster  Resource         `json:"cluster"`
	Primary  Resource         `json:"primary"`
	SQL      Resource         `json:"sql"`
	Spanner  spanner.Instance `json:"spanner"`
	Database spanner.Database `json:"database"`
	Cache    Resource         `json:"cache"`
}

// Resource is what the workflow needs of a resource of AlloyDB, Cloud SQL and Memorystore. Other fields are left out.
type Resource struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// Address is the same of Compute Engine.
type Address struct {
	Name   string `json:"name"`
	Status string `json:"status"`
}

func (in Input) location() string { return in.Project + "/locations/" + in.Location }

// AddressRange is the name of the range of addresses.
func (in Input) AddressRange() string { return in.Project + "/global/addresses/" + in.ID }

// Cluster is the name of the AlloyDB cluster.
func (in Input) Cluster() string { return in.location() + "/clusters/" + in.ID }

// Primary is the name of the cluster's primary instance.
func (in Input) Primary() string { return in.Cluster() + "/instances/primary" }

// SQL is the name of the Cloud SQL instance.
func (in Input) SQL() string { return in.Project + "/instances/" + in.ID }

// Spanner is the name of the Spanner instance.
func (in Input) Spanner() string { return in.Project + "/instances/" + in.ID }

// Database is the name of the database of the Spanner instance.
func (in Input) Database() string { return in.Spanner() + "/databases/orders" }

// Cache is the name of the Memorystore instance.
func (in Input) Cache() string { return in.location() + "/instances/" + in.ID }

// saga is how the steps are run and undone.
func (p Pace) saga() workflows.SagaOptions {
	return workflows.SagaOptions{
		Steps: workflows.StepOptions{
			Await:          workflows.AwaitOptions{Policy: p.Policy, HeartbeatTimeout: p.Heartbeat, NotFoundGrace: p.NotFoundGrace},
			AttemptTimeout: p.AttemptTimeout,
			Quarantine:     p.Quarantine,
		},
		UndoWindow: p.UndoWindow,
	}
}

// Registry is what a worker offers.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register registers the workflow.
func Register(registry Registry) {
	registry.RegisterWorkflowWithOptions(Workflow, workflow.RegisterOptions{Name: Name})
}
