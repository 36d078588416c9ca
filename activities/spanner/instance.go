package spanner

import (
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// The request of CreateInstance is an Instance.
var createInstance = &method{
	name: "CreateInstance", id: "projects.instances.create", activity: names.CreateInstance, target: kindInstance,
	metadata: "instance.v1.CreateInstanceMetadata", creates: true,
	prepare: func(in want) (call, error) {
		instance, err := decode[api.Instance](in.Request)
		if err != nil {
			return call{}, err
		}
		instance.Name, instance.Labels = in.Target, labels(instance.Labels, in.Key)
		body := &api.CreateInstanceRequest{Instance: instance, InstanceId: lastSegment(in.Target)}
		return call{
			body:  always(body),
			owner: func(m metadata) starters.Owner { return starters.OwnerByLabel(m.Instance.Labels, in.Key) },
		}, nil
	},
}

// The request of UpdateInstance is {"instance": Instance, "fieldMask": "nodeCount,..."}.
var updateInstance = &method{
	name: "UpdateInstance", id: "projects.instances.patch", activity: names.UpdateInstance, target: kindInstance,
	metadata: "instance.v1.UpdateInstanceMetadata",
	prepare: func(in want) (call, error) {
		body, err := decode[api.UpdateInstanceRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		mask, err := maskOf("request.fieldMask", body.FieldMask)
		if err != nil {
			return call{}, err
		}
		if body.Instance, err = nested[api.Instance](in.Request, "instance"); err != nil {
			return call{}, err
		}
		body.Instance.Name = in.Target
		return call{
			body:  always(body),
			owner: func(m metadata) starters.Owner { return byRequest(same(body.Instance, mask, m.Instance.all)) },
			keep:  keepKey(mask, &body.Instance.Labels),
		}, nil
	},
}

// The request of MoveInstance is {"targetConfig": ...}.
var moveInstance = &method{
	name: "MoveInstance", id: "projects.instances.move", activity: names.MoveInstance, target: kindInstance,
	metadata: "instance.v1.MoveInstanceMetadata",
	prepare: func(in want) (call, error) {
		body, err := decode[api.MoveInstanceRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		if body.TargetConfig == "" {
			return call{}, &lro.InvalidError{Field: "request.targetConfig", Want: "the instance config to move to"}
		}
		return call{
			body:  always(body),
			owner: func(m metadata) starters.Owner { return byRequest(m.TargetConfig == body.TargetConfig) },
		}, nil
	},
}
