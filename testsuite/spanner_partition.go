package testsuite

// createPartition makes an instance partition, whose instance must be there.
func (s *Service) createPartition(r request) reply {
	var body struct {
		ID        string         `json:"instancePartitionId"`
		Partition map[string]any `json:"instancePartition"`
	}
	if refusal := decode(r.body, &body); refusal != nil {
		return *refusal
	}
	switch instance := instanceOf(r.name); {
	case body.ID == "":
		return invalidArgument("instancePartitionId is missing")
	case s.find(instance) == nil:
		return notFound(kindInstance.singular, instance)
	}
	metadata := map[string]any{"instancePartition": named(body.Partition, r.name)}
	return s.makeResource(r, kindPartition, TimesMetadata(typeCreatePartition, metadata), body.Partition)
}

// updatePartition changes what the mask names once its operation has succeeded.
func (s *Service) updatePartition(r request) reply {
	var body struct {
		Partition map[string]any `json:"instancePartition"`
		Mask      string         `json:"fieldMask"`
	}
	if refusal := decode(r.body, &body); refusal != nil {
		return *refusal
	}
	if body.Mask == "" {
		return invalidArgument("fieldMask is missing")
	}
	metadata := map[string]any{"instancePartition": named(body.Partition, r.name)}
	return s.changeResource(r, kindPartition, TimesMetadata(typeUpdatePartition, metadata), pick(body.Partition, body.Mask))
}
