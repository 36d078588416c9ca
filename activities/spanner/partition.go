package spanner

import (
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
)

// The request of CreateInstancePartition is an InstancePartition.
var createPartition = &method{
	name: "CreateInstancePartition", id: "projects.instances.instancePartitions.create", activity: names.CreateInstancePartition, target: kindPartition,
	metadata: "instance.v1.CreateInstancePartitionMetadata", creates: true,
	prepare: func(in want) (call, error) {
		partition, err := decode[api.InstancePartition](in.Request)
		if err != nil {
			return call{}, err
		}
		partition.Name = in.Target
		body := &api.CreateInstancePartitionRequest{InstancePartition: partition, InstancePartitionId: lastSegment(in.Target)}
		return call{
			body: always(body),
			owner: func(m metadata) starters.Owner {
				return byRequest(same(partition, []string{"displayName"}, m.InstancePartition))
			},
		}, nil
	},
}

// The request of UpdateInstancePartition is {"instancePartition": InstancePartition, "fieldMask": "nodeCount"}.
var updatePartition = &method{
	name: "UpdateInstancePartition", id: "projects.instances.instancePartitions.patch", activity: names.UpdateInstancePartition, target: kindPartition,
	metadata: "instance.v1.UpdateInstancePartitionMetadata",
	prepare: func(in want) (call, error) {
		body, err := decode[api.UpdateInstancePartitionRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		mask, err := maskOf("request.fieldMask", body.FieldMask)
		if err != nil {
			return call{}, err
		}
		if body.InstancePartition, err = nested[api.InstancePartition](in.Request, "instancePartition"); err != nil {
			return call{}, err
		}
		body.InstancePartition.Name = in.Target
		return call{
			body: always(body),
			owner: func(m metadata) starters.Owner {
				return byRequest(same(body.InstancePartition, mask, m.InstancePartition))
			},
		}, nil
	},
}
