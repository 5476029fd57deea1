// Renders a chart as `helm template` does, without a cluster: render CHART RELEASE NAMESPACE [VALUES].
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	chart, err := loader.Load(os.Args[1])
	fail(err)
	values := chartutil.Values{}
	if len(os.Args) > 4 {
		values, err = chartutil.ReadValuesFile(os.Args[4])
		fail(err)
	}
	for _, message := range lint.All(os.Args[1], values, os.Args[3], true).Messages {
		if message.Severity > 1 {
			fail(message.Err)
		}
	}
	release := chartutil.ReleaseOptions{Name: os.Args[2], Namespace: os.Args[3], IsInstall: true, Revision: 1}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	fail(err)
	rendered, err := engine.Render(chart, all)
	fail(err)
	names := []string{}
	for name := range rendered {
		if ext := filepath.Ext(name); ext == ".yaml" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("---\n# %s\n%s\n", name, rendered[name])
	}
}
