package testsuite

// createConfig makes an instance config.
func (s *Service) createConfig(r request) reply {
	var body struct {
		ID     string         `json:"instanceConfigId"`
		Config map[string]any `json:"instanceConfig"`
	}
	r.decode(&body)
	if body.ID == "" {
		return invalidArgument("instanceConfigId is missing")
	}
	metadata := map[string]any{"instanceConfig": named(body.Config, r.name)}
	return s.makeResource(r, kindConfig, ProgressMetadata(typeCreateConfig, metadata), body.Config)
}

// updateConfig changes what the mask names once its operation has succeeded.
func (s *Service) updateConfig(r request) reply {
	var body struct {
		Config map[string]any `json:"instanceConfig"`
		Mask   string         `json:"updateMask"`
	}
	r.decode(&body)
	if body.Mask == "" {
		return invalidArgument("updateMask is missing")
	}
	metadata := map[string]any{"instanceConfig": named(body.Config, r.name)}
	return s.updateResource(r, kindConfig, ProgressMetadata(typeUpdateConfig, metadata), body.Config, body.Mask)
}
