package testsuite

// createPartition makes an instance partition, whose instance must be ready.
func (s *Service) createPartition(r request) reply {
	var body struct {
		ID        string         `json:"instancePartitionId"`
		Partition map[string]any `json:"instancePartition"`
	}
	r.decode(&body)
	if body.ID == "" {
		return invalidArgument("instancePartitionId is missing")
	}
	if refusal := s.unready(kindInstance, instanceOf(r.name)); refusal != nil {
		return *refusal
	}
	metadata := map[string]any{"instancePartition": named(body.Partition, r.name)}
	return s.makeResource(r, kindPartition, timesMetadata(typeCreatePartition, metadata), body.Partition)
}

// updatePartition changes what the mask names once its operation has succeeded.
func (s *Service) updatePartition(r request) reply {
	var body struct {
		Partition map[string]any `json:"instancePartition"`
		Mask      string         `json:"fieldMask"`
	}
	r.decode(&body)
	if body.Mask == "" {
		return invalidArgument("fieldMask is missing")
	}
	metadata := map[string]any{"instancePartition": named(body.Partition, r.name)}
	return s.updateResource(r, kindPartition, timesMetadata(typeUpdatePartition, metadata), body.Partition, body.Mask)
}
