package testsuite

import "encoding/json"

// moveInstance changes the instance's config once its operation has succeeded.
// Its response is the Instance.
func (s *Service) moveInstance(r request) reply {
	var body struct {
		TargetConfig string `json:"targetConfig"`
	}
	r.decode(&body)
	if body.TargetConfig == "" {
		return invalidArgument("targetConfig is missing")
	}
	if s.holds(r.name+"/backups/", nil) {
		return failedPrecondition("cannot move instance %s: it holds backups", r.name)
	}
	config := map[string]any{"config": body.TargetConfig}
	metadata := map[string]any{"targetConfig": body.TargetConfig}
	return s.changeResource(r, kindInstance, ProgressMetadata(typeMoveInstance, metadata), config)
}

// changeQuorum changes the database's quorum once its operation has succeeded.
func (s *Service) changeQuorum(r request) reply {
	var body struct {
		QuorumType json.RawMessage `json:"quorumType"`
	}
	r.decode(&body)
	if body.QuorumType == nil {
		return invalidArgument("quorumType is missing")
	}
	quorum := map[string]any{"quorumInfo": map[string]any{"quorumType": body.QuorumType}}
	metadata := map[string]any{"request": map[string]any{"name": r.name, "quorumType": body.QuorumType}}
	return s.changeResource(r, kindDatabase, timesMetadata(typeChangeQuorum, metadata), quorum)
}
