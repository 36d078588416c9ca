package testsuite

// createInstance makes an instance that exists, CREATING, while its operation
// runs. Its metadata has times and no percentage, as Spanner's.
func (s *Service) createInstance(r request) reply {
	var body struct {
		InstanceID string         `json:"instanceId"`
		Instance   map[string]any `json:"instance"`
	}
	if refusal := decode(r.body, &body); refusal != nil {
		return *refusal
	}
	switch {
	case body.InstanceID == "":
		return invalidArgument("instanceId is missing")
	case s.find(r.name) != nil:
		return alreadyExists(kindInstance, r.name)
	}
	fields := map[string]any{"instance": named(body.Instance, r.name)}
	op, refusal := s.launch(launch{
		method: r.method, target: r.name,
		metadata: TimesMetadata(typeCreateInstance, fields), response: s.asResponse(r.name, kindInstance),
	})
	if op == nil {
		return refusal
	}
	s.put(r.name, body.Instance, op)
	return s.started(op)
}

// updateInstance changes what the mask names once its operation has succeeded; a
// canceled one has changed nothing, which Spanner guarantees.
func (s *Service) updateInstance(r request) reply {
	var body struct {
		Instance  map[string]any `json:"instance"`
		FieldMask string         `json:"fieldMask"`
	}
	if refusal := decode(r.body, &body); refusal != nil {
		return *refusal
	}
	instance := s.find(r.name)
	switch {
	case instance == nil:
		return notFound(kindInstance.singular, r.name)
	case body.FieldMask == "":
		return invalidArgument("fieldMask is missing")
	}
	fields := map[string]any{"instance": named(body.Instance, r.name)}
	op, refusal := s.launch(launch{
		method: r.method, target: r.name,
		metadata: TimesMetadata(typeUpdateInstance, fields), response: s.asResponse(r.name, kindInstance),
	})
	if op == nil {
		return refusal
	}
	instance.changes = append(instance.changes, change{by: op, fields: pick(body.Instance, body.FieldMask)})
	return s.started(op)
}

// named returns a copy of a resource's fields with its name.
func named(fields map[string]any, name string) map[string]any {
	out := pick(fields, "")
	out["name"] = name
	return out
}
