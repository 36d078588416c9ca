package testsuite

import "maps"

// createInstance makes an instance that exists, CREATING, while its operation
// runs. Its metadata has times and no percentage, as Spanner's.
func (s *Service) createInstance(r request) reply {
	var body struct {
		InstanceID string         `json:"instanceId"`
		Instance   map[string]any `json:"instance"`
	}
	r.decode(&body)
	if body.InstanceID == "" {
		return invalidArgument("instanceId is missing")
	}
	metadata := map[string]any{"instance": named(body.Instance, r.name)}
	return s.makeResource(r, kindInstance, timesMetadata(typeCreateInstance, metadata), body.Instance)
}

// updateInstance changes what the mask names once its operation has succeeded; a
// canceled one has changed nothing, which Spanner guarantees.
func (s *Service) updateInstance(r request) reply {
	var body struct {
		Instance  map[string]any `json:"instance"`
		FieldMask string         `json:"fieldMask"`
	}
	r.decode(&body)
	if body.FieldMask == "" {
		return invalidArgument("fieldMask is missing")
	}
	metadata := map[string]any{"instance": named(body.Instance, r.name)}
	return s.updateResource(r, kindInstance, timesMetadata(typeUpdateInstance, metadata), body.Instance, body.FieldMask)
}

// named returns a copy of a resource's fields with its name.
func named(fields map[string]any, name string) map[string]any {
	out := map[string]any{}
	maps.Copy(out, fields)
	out["name"] = name
	return out
}
