package spanner

import (
	api "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
)

// The request of CreateInstanceConfig is an InstanceConfig.
var createConfig = &method{
	name: "CreateInstanceConfig", id: "projects.instanceConfigs.create", activity: names.CreateInstanceConfig, target: kindConfig,
	metadata: "instance.v1.CreateInstanceConfigMetadata", creates: true,
	prepare: func(in want) (call, error) {
		config, err := decode[api.InstanceConfig](in.Request)
		if err != nil {
			return call{}, err
		}
		config.Name, config.Labels = in.Target, labels(config.Labels, in.Key)
		body := &api.CreateInstanceConfigRequest{InstanceConfig: config, InstanceConfigId: lastSegment(in.Target)}
		return call{
			body:  always(body),
			owner: func(m metadata) starters.Owner { return starters.OwnerByLabel(m.InstanceConfig.Labels, in.Key) },
		}, nil
	},
}

// The request of UpdateInstanceConfig is {"instanceConfig": InstanceConfig, "updateMask": "displayName"}.
var updateConfig = &method{
	name: "UpdateInstanceConfig", id: "projects.instanceConfigs.patch", activity: names.UpdateInstanceConfig, target: kindConfig,
	metadata: "instance.v1.UpdateInstanceConfigMetadata",
	prepare: func(in want) (call, error) {
		body, err := decode[api.UpdateInstanceConfigRequest](in.Request)
		if err != nil {
			return call{}, err
		}
		mask, err := maskOf("request.updateMask", body.UpdateMask)
		if err != nil {
			return call{}, err
		}
		if body.InstanceConfig, err = nested[api.InstanceConfig](in.Request, "instanceConfig"); err != nil {
			return call{}, err
		}
		body.InstanceConfig.Name = in.Target
		return call{
			body: always(body),
			owner: func(m metadata) starters.Owner {
				return byRequest(same(body.InstanceConfig, mask, m.InstanceConfig.all))
			},
			keep: keepKey(mask, &body.InstanceConfig.Labels),
		}, nil
	},
}
