package cli

import (
	"testing"

	"go.temporal.io/sdk/contrib/envconfig"
)

// Credentials of one codec server do not go to another.
func TestChooseCodec(t *testing.T) {
	t.Parallel()
	const ours, theirs = "https://ours.example", "https://theirs.example"
	tests := map[string]struct {
		reason    string
		flag      string
		profile   *envconfig.ClientConfigCodec // with the variables in it
		variables map[string]string
		want      codec
	}{
		"none":            {"there is none", "", nil, nil, codec{}},
		"flag":            {"it needs no credentials", ours, nil, nil, codec{endpoint: ours}},
		"profile":         {"the profile's go to its server", "", &envconfig.ClientConfigCodec{Endpoint: ours, Auth: "a"}, nil, codec{endpoint: ours, auth: "a"}},
		"another":         {"and to no other", theirs, &envconfig.ClientConfigCodec{Endpoint: ours, Auth: "a"}, nil, codec{endpoint: theirs}},
		"the same":        {"it is the profile's server", ours, &envconfig.ClientConfigCodec{Endpoint: ours, Auth: "a"}, nil, codec{endpoint: ours, auth: "a"}},
		"variable":        {"it is for the flag's server", theirs, &envconfig.ClientConfigCodec{Auth: "v"}, map[string]string{codecAuthVariable: "v"}, codec{endpoint: theirs, auth: "v"}},
		"before a file's": {"so it is if a file has a server", theirs, &envconfig.ClientConfigCodec{Endpoint: ours, Auth: "v"}, map[string]string{codecAuthVariable: "v"}, codec{endpoint: theirs, auth: "v"}},
		"both variables":  {"they are a pair", theirs, &envconfig.ClientConfigCodec{Endpoint: ours, Auth: "v"}, map[string]string{codecAuthVariable: "v", codecEndpointVariable: ours}, codec{endpoint: theirs}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := chooseCodec(tt.flag, tt.profile, func(name string) string { return tt.variables[name] })
			if got != tt.want {
				t.Errorf("%s: %+v, want %+v", tt.reason, got, tt.want)
			}
		})
	}
}
