"""Kernels and their parts: parts are translated by themselves, only kernels made into machine code.

numba optimises every function that a kernel calls, with all that this calls in turn, and makes
machine code of it, though only the kernel's own is ever run; then optimises it again inside each
caller. A third of the first run's wait was that. So parts are only tidied, each by itself, and all
of a kernel is optimised once, whole. What numba documents for extensions is a
compiler with a pass of one's own; how a library finishes itself is its own business.
"""

from __future__ import annotations

from typing import Any

from numba import _dynfunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import NoPythonBackend


class _Kernel(JITCodeLibrary):  # type: ignore[misc]
    """What Python calls, with all its parts: optimised once, and no vectors made of its loops.

    Numba does it twice, first so that it can take out counts of references, and here are none. What
    LLVM would make vectors of reads from all over a table, which is slower than one by one.
    """

    def _optimize_final_module(self) -> None:
        passes, builder = self._codegen._module_pass_manager(loop_vectorize=False)
        passes.run(self._final_module, builder)


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """What is linked into callers: neither optimised nor made into machine code by itself."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


@register_pass(mutates_CFG=False, analysis_only=False)
class _Known(LoweringPass):  # type: ignore[misc]
    """Lets callers find a part, by a function that has no code for Python."""

    _name = "known_to_callers"

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        told = state.cr.fndesc
        key = _dynfunc.make_function(
            told.lookup_module(), told.qualname, "", 0, state.cr.environment, (state.library,)
        )
        state.targetctx.insert_user_function(key, told, [state.library])
        state.cr = state.cr._replace(entry_point=key)
        return True


class KernelCompiler(CompilerBase):  # type: ignore[misc]
    """For functions that Python calls (numba's `pipeline_class`)."""

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes, and ours over the whole."""
        state = self.state
        state.library = _Kernel(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return [DefaultPassBuilder.define_nopython_pipeline(state)]


class PartCompiler(CompilerBase):  # type: ignore[misc]
    """For functions that only kernels call (numba's `pipeline_class`)."""

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes without making machine code."""
        state = self.state
        state.flags.no_compile = True
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        passes = DefaultPassBuilder.define_nopython_pipeline(state)
        passes.add_pass_after(_Known, NoPythonBackend)
        passes.finalize()
        return [passes]
