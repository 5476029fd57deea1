//go:build tools

// Package tools lists the packages that the race builds from this module.
package tools

import (
	_ "k8s.io/kubernetes/test/e2e"
	_ "k8s.io/kubernetes/test/images/agnhost"
)
