package plane

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Workflow makes three things side by side: what needs the private network, Spanner, and a cache. If a step of
// any fails or the workflow is canceled, nothing of all three is left.
func Workflow(ctx workflow.Context, in Input) (made Summary, err error) {
	err = workflows.WithSaga(ctx, in.Pace.saga(), func(ctx workflow.Context, saga *workflows.Saga) error {
		return workflows.Parallel(ctx,
			func(ctx workflow.Context) error { return in.makePrivate(ctx, saga, &made) },
			func(ctx workflow.Context) error { return in.makeSpanner(ctx, saga, &made) },
			func(ctx workflow.Context) (err error) {
				made.Cache, err = workflows.Run(ctx, saga, in.cache())
				return err
			},
		)
	})
	return made, err
}

// makePrivate makes the address range and the connection, and then what is reached through them: an AlloyDB
// cluster with its primary instance, and a Cloud SQL instance.
func (in Input) makePrivate(ctx workflow.Context, saga *workflows.Saga, made *Summary) (err error) {
	if made.Range, err = workflows.Run(ctx, saga, in.addressRange()); err != nil {
		return err
	}
	if _, err = workflows.Run(ctx, saga, Connect(in.Network, in.ID)); err != nil {
		return err
	}
	return workflows.Parallel(ctx,
		func(ctx workflow.Context) (err error) {
			if made.Cluster, err = workflows.Run(ctx, saga, in.cluster()); err != nil {
				return err
			}
			made.Primary, err = workflows.Run(ctx, saga, in.primary())
			return err
		},
		func(ctx workflow.Context) (err error) {
			made.SQL, err = workflows.Run(ctx, saga, in.sql())
			return err
		},
	)
}

func (in Input) makeSpanner(ctx workflow.Context, saga *workflows.Saga, made *Summary) (err error) {
	made.Spanner, err = workflows.Run(ctx, saga, spanner.CreateInstance(in.Spanner(), spanner.Instance{
		Config: in.Project + "/instanceConfigs/regional-" + in.Location, DisplayName: "awaitop data plane", ProcessingUnits: 100,
	}))
	if err != nil {
		return err
	}
	made.Database, err = workflows.Run(ctx, saga, spanner.CreateDatabase(in.Database(), spanner.DatabaseOptions{}))
	return err
}

// fields are a request's body in the API's JSON.
type fields = map[string]any

// addressRange is the step that reserves addresses for the networks of Google's services.
func (in Input) addressRange() workflows.Step[Address] {
	return google.Start[Address]("compute.globalAddresses.insert", in.AddressRange(), fields{
		"purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 16, "network": in.Network,
	})
}

func (in Input) cluster() workflows.Step[Resource] {
	return google.Start[Resource]("alloydb.projects.locations.clusters.create", in.Cluster(), fields{
		"networkConfig": fields{"network": in.Network}, "initialUser": fields{"user": "postgres"},
	})
}

func (in Input) primary() workflows.Step[Resource] {
	return google.Start[Resource]("alloydb.projects.locations.clusters.instances.create", in.Primary(), fields{
		"instanceType": "PRIMARY", "machineConfig": fields{"cpuCount": 2},
	})
}

func (in Input) sql() workflows.Step[Resource] {
	return google.Start[Resource]("sql.instances.insert", in.SQL(), fields{
		"databaseVersion": "POSTGRES_17", "region": in.Location,
		"settings": fields{"tier": "db-f1-micro", "ipConfiguration": fields{"ipv4Enabled": false, "privateNetwork": in.Network}},
	})
}

func (in Input) cache() workflows.Step[Resource] {
	return google.Start[Resource]("memorystore.projects.locations.instances.create", in.Cache(), fields{
		"shardCount": 1, "nodeType": "SHARED_CORE_NANO",
	})
}
